// "$3.50", "€1,250", "$3.5 million", "£5-10", "$20/month", "50¢", "12,50 €", "USD 30".
#include <array>
#include <optional>

#include "engine/text/numbers.h"
#include "engine/text/rules.h"
#include "engine/text/scan.h"
#include "engine/text/unit.h"

namespace eva::text {
namespace {

struct Currency {
  std::string_view sign;
  const char* one;
  const char* many;
  const char* hundredth;  // of several; nullptr: never said
};
constexpr std::array<Currency, 18> kCurrencies = {
    {{"US$", "dollar", "dollars", "cents"},
     {"$", "dollar", "dollars", "cents"},
     {"€", "euro", "euros", "cents"},
     {"£", "pound", "pounds", "pence"},
     {"¥", "yen", "yen", nullptr},
     {"¢", "cent", "cents", nullptr},
     {"₹", "rupee", "rupees", "paise"},
     {"Rs.", "rupee", "rupees", "paise"},
     {"Rs", "rupee", "rupees", "paise"},
     {"USD", "dollar", "dollars", "cents"},
     {"EUR", "euro", "euros", "cents"},
     {"GBP", "pound", "pounds", "pence"},
     {"JPY", "yen", "yen", nullptr},
     {"INR", "rupee", "rupees", "paise"},
     {"CHF", "swiss franc", "swiss francs", "centimes"},
     {"CAD", "canadian dollar", "canadian dollars", "cents"},
     {"AUD", "australian dollar", "australian dollars", "cents"},
     {"NZD", "new zealand dollar", "new zealand dollars", "cents"}}};

const Currency* take_sign(Scan& scan) {
  for (const Currency& currency : kCurrencies) {
    if (scan.take(currency.sign)) return &currency;
  }
  return nullptr;
}

/// The currency that a token by itself is, behind or before its amount.
const Currency* currency_of(const Token* token) {
  if (token == nullptr) return nullptr;
  Scan scan(token->core);
  const Currency* currency = take_sign(scan);
  return scan.done() ? currency : nullptr;
}

const char* take_magnitude(Scan& scan) {
  constexpr std::array<std::pair<std::string_view, const char*>, 8> kSuffixes = {
      {{"bn", "billion"},
       {"mn", "million"},
       {"k", "thousand"},
       {"K", "thousand"},
       {"m", "million"},
       {"M", "million"},
       {"B", "billion"},
       {"T", "trillion"}}};
  for (const auto& [suffix, name] : kSuffixes) {
    Scan trial = scan;
    if (!trial.take(suffix) || is_letter(trial.peek())) continue;
    scan = trial;
    return name;
  }
  return nullptr;
}

bool is_magnitude(std::string_view word) {
  return word == "hundred" || word == "thousand" || word == "million" || word == "billion" ||
         word == "trillion";
}

/// "$5 bill" is a five dollar bill.
bool is_measured_in_singular(const Token* next) {
  if (next == nullptr) return false;
  const std::string word = lower(next->core);
  return word == "bill" || word == "note" || word == "coin" || word == "bills" || word == "coupon";
}

bool is_one(const Number& number) {
  return number.whole == "1" && number.is_integer();
}

struct Amount {
  const Currency* currency = nullptr;  // nullptr: it stands in a token of its own
  bool negative = false;
  Number low;
  std::optional<Number> high;  // of a range
  std::string magnitude;
  std::string_view rest;  // what stands behind the amount in its token
};

std::optional<Amount> parse(std::string_view core) {
  Scan scan(core);
  Amount amount;
  amount.negative = scan.take('-');
  amount.currency = take_sign(scan);
  if (!amount.negative) amount.negative = amount.currency != nullptr && scan.take('-');
  if (!take_comma_number(scan, amount.low) && !take_number(scan, amount.low)) return std::nullopt;
  if (const char* magnitude = take_magnitude(scan)) amount.magnitude = magnitude;
  if (amount.currency == nullptr) amount.currency = take_sign(scan);  // 5€
  Scan range = scan;
  Number high;
  if (range.take('-') && (take_sign(range), take_number(range, high))) {
    amount.high = high;
    scan = range;
    if (const char* magnitude = take_magnitude(scan)) amount.magnitude = magnitude;
  }
  amount.rest = scan.rest();
  const bool understood = amount.rest.empty() || amount.rest == "+" ||
                          amount.rest.starts_with('/') || amount.rest.starts_with('-');
  if (!understood) return std::nullopt;
  return amount;
}

void say_amount(const Amount& amount, const Token* next, Spoken& out) {
  const Currency& currency = *amount.currency;
  const Number& last = amount.high ? *amount.high : amount.low;
  const bool singular = is_measured_in_singular(next) || amount.rest.starts_with('-');
  if (amount.negative) out.say("minus");
  if (amount.high) {
    out.say(decimal(amount.low));
    out.say("to");
  }
  const bool hundredths =
      currency.hundredth != nullptr && amount.magnitude.empty() && last.fraction.size() == 2;
  if (!hundredths) {
    out.say(decimal(last));
    out.say(amount.magnitude);
    out.say(singular || (is_one(last) && amount.magnitude.empty()) ? currency.one : currency.many);
    return;
  }
  const bool has_whole = last.whole.find_first_not_of('0') != std::string::npos;
  const bool has_hundredths = last.fraction != "00";
  if (has_whole || !has_hundredths) {
    out.say(cardinal(last.whole.empty() ? "0" : last.whole));
    out.say(last.whole == "1" ? currency.one : currency.many);
  }
  if (has_hundredths) {
    if (has_whole) out.say("and");
    const std::string_view digits = last.fraction.front() == '0'
                                        ? std::string_view(last.fraction).substr(1)
                                        : std::string_view(last.fraction);
    out.say(cardinal(digits));
    const bool one_cent = digits == "1" && std::string_view(currency.hundredth) == "cents";
    out.say(one_cent ? "cent" : currency.hundredth);
  }
}

void say_rest(const Clause& clause, std::string_view rest, Spoken& out) {
  if (rest == "+") {
    out.say("plus");
  } else if (rest.starts_with('/')) {
    out.say("per");
    const std::string_view name = Scan(rest.substr(1)).take_letters();
    if (const Unit* unit = find_unit(name)) {  // "/mo"
      out.say(unit->one);
    } else {
      say_word(clause, name, out);
    }
  } else if (rest.starts_with('-')) {
    Scan words(rest);
    while (words.take('-')) say_word(clause, words.take_letters(), out);
  }
}

}  // namespace

std::size_t say_money(const Clause& clause, std::size_t at, Spoken& out) {
  const Token* token = &clause.tokens[at];
  const Token* next = clause.neighbour(at, 1);
  const Currency* before = currency_of(token);  // "USD 30", "Rs. 500"
  if (before != nullptr && (token->after.empty() || token->after == ".") && next != nullptr) {
    token = next;
    ++at;
  } else {
    before = nullptr;
  }
  std::optional<Amount> amount = parse(token->core);
  if (!amount || (before != nullptr && amount->currency != nullptr)) return 0;
  std::size_t used = before == nullptr ? 1 : 2;
  if (before != nullptr) amount->currency = before;

  next = token->after.empty() ? clause.neighbour(at, 1) : nullptr;
  if (next != nullptr && amount->rest.empty() && is_magnitude(lower(next->core))) {
    amount->magnitude = lower(next->core);
    next = next->after.empty() ? clause.neighbour(at, 2) : nullptr;
    ++used;
  }
  if (amount->currency == nullptr && amount->rest.empty()) {  // "12,50 €", "100 EUR"
    amount->currency = currency_of(next);
    ++used;
  }
  if (amount->currency == nullptr) return 0;
  say_amount(*amount, next, out);
  say_rest(clause, amount->rest, out);
  return used;
}

}  // namespace eva::text
