// What is said for what is written.
#include "engine/text/normalise.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/text/g2p.h"

namespace eva::text {
namespace {

struct Row {
  const char* written;
  const char* said;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.written;
}

class NormaliseTest : public testing::TestWithParam<Row> {};

TEST_P(NormaliseTest, SaysAsExpected) {
  const G2p g2p;
  EXPECT_EQ(g2p.words(GetParam().written), GetParam().said);
}

INSTANTIATE_TEST_SUITE_P(
    Numbers, NormaliseTest,
    testing::Values(
        Row{"4,300 people", "four thousand three hundred people"}, Row{"1000000", "one million"},
        Row{"1,234,567",
            "one million two hundred thirty four "
            "thousand five hundred sixty seven"},
        Row{"0", "zero"}, Row{"agent 007", "agent zero zero seven"},
        Row{"code 12345678901", "code one two three four five six seven eight nine zero one"},
        Row{"3.14", "three point one four"}, Row{"0.5", "zero point five"}, Row{".5", "point five"},
        Row{"-5", "minus five"}, Row{"+5", "plus five"}, Row{"~30", "about thirty"},
        Row{"18+", "eighteen plus"}, Row{"#5", "number five"},
        Row{"a 2.5x speedup", "a two point five times speedup"},
        Row{"page 10-15", "page ten to fifteen"}, Row{"the 1st", "the first"},
        Row{"21st", "twenty first"}, Row{"the 100th day", "the one hundredth day"},
        Row{"the 112th", "the one hundred twelfth"}, Row{"1/2", "one half"},
        Row{"3/4 cup", "three quarters cup"}, Row{"2/3", "two thirds"},
        Row{"24/7", "twenty four seven"}, Row{"9/11", "nine eleven"},
        Row{"1 1/2 cups", "one and one half cups"}, Row{"5½ miles", "five and one half miles"},
        Row{"16:9", "sixteen to nine"}, Row{"1920x1080", "nineteen twenty by ten eighty"},
        Row{"v1.2.3", "version one point two point three"},
        Row{"192.168.1.1", "one hundred ninety two dot one hundred sixty eight dot one dot one"},
        Row{"2+2=4", "two plus two equals four"}, Row{"5 - 3 = 2", "five minus three equals two"},
        Row{"3 × 4", "three times four"}));

INSTANTIATE_TEST_SUITE_P(
    Money, NormaliseTest,
    testing::Values(Row{"$3.50", "three dollars and fifty cents"}, Row{"$1", "one dollar"},
                    Row{"$0.99", "ninety nine cents"}, Row{"$0.01", "one cent"},
                    Row{"$5.00", "five dollars"},
                    Row{"$1,250", "one thousand two hundred fifty dollars"},
                    Row{"$3.5 million", "three point five million dollars"},
                    Row{"$20k", "twenty thousand dollars"}, Row{"$2bn", "two billion dollars"},
                    Row{"$5-10", "five to ten dollars"},
                    Row{"$20/month", "twenty dollars per month"},
                    Row{"a $5 bill", "a five dollar bill"}, Row{"-$40", "minus forty dollars"},
                    Row{"€1,250.50", "one thousand two hundred fifty euros and fifty cents"},
                    Row{"5€", "five euros"}, Row{"£3.99", "three pounds and ninety nine pence"},
                    Row{"¥500", "five hundred yen"}, Row{"50¢", "fifty cents"}));

INSTANTIATE_TEST_SUITE_P(
    DatesAndTimes, NormaliseTest,
    testing::Values(Row{"March 3, 2025", "march third, twenty twenty five"},
                    Row{"3 March 2025", "the third of march twenty twenty five"},
                    Row{"on the 3 March", "on the third of march"},
                    Row{"Feb. 12-14", "february twelfth to fourteenth"},
                    Row{"Mar. 3rd", "march third"}, Row{"Mon, Mar 3", "monday, march third"},
                    Row{"Sept. 2025", "september twenty twenty five"},
                    Row{"2025-03-03", "march third twenty twenty five"},
                    Row{"3/14/2025", "march fourteenth twenty twenty five"},
                    Row{"25/12/2024", "december twenty fifth twenty twenty four"},
                    Row{"7/4/76", "july fourth nineteen seventy six"},
                    Row{"03.04.2025", "april third twenty twenty five"},
                    Row{"in 1905", "in nineteen oh five"}, Row{"in 1900", "in nineteen hundred"},
                    Row{"in 2000", "in two thousand"}, Row{"in 2005", "in two thousand five"},
                    Row{"1914-1918", "nineteen fourteen to nineteen eighteen"},
                    Row{"the 1960s", "the nineteen sixties"}, Row{"the '60s", "the sixties"},
                    Row{"the 1800s", "the eighteen hundreds"},
                    Row{"mid-1990s", "mid nineteen nineties"}, Row{"10:30 a.m.", "ten thirty A M."},
                    Row{"at 9:00", "at nine o'clock"}, Row{"9:00 am", "nine A M"},
                    Row{"5pm", "five P M"}, Row{"5-6pm", "five to six P M"},
                    Row{"9am-5pm", "nine A M to five P M"}, Row{"10:05", "ten oh five"},
                    Row{"14:00", "fourteen hundred"}, Row{"00:00", "midnight"},
                    Row{"1:02:03", "one oh two and three seconds"},
                    Row{"I may go 5 times", "i may go five times"}));

INSTANTIATE_TEST_SUITE_P(
    NumbersToDial, NormaliseTest,
    testing::Values(Row{"555-867-5309", "five five five, eight six seven, five three zero nine"},
                    Row{"(555) 867-5309", "five five five, eight six seven, five three zero nine"},
                    Row{"call (555) 867-5309",
                        "call five five five, eight six seven, five three zero nine"},
                    Row{"555 867 5309", "five five five, eight six seven, five three zero nine"},
                    Row{"555.867.5309", "five five five, eight six seven, five three zero nine"},
                    Row{"555-1234", "five five five, one two three four"},
                    Row{"500-1000 people", "five hundred to one thousand people"},
                    Row{"1-800-555-1234", "one, eight hundred, five five five, one two three four"},
                    Row{"+44 20 7946 0958",
                        "plus four four, two zero, seven nine four six, zero nine five eight"},
                    Row{"123-45-6789", "one two three, four five, six seven eight nine"},
                    Row{"Boston, MA 02139", "boston, M A zero two one three nine"}));

INSTANTIATE_TEST_SUITE_P(
    Units, NormaliseTest,
    testing::Values(Row{"1 lb", "one pound"}, Row{"250 ml", "two hundred fifty milliliters"},
                    Row{"250ml", "two hundred fifty milliliters"},
                    Row{"100 km/h", "one hundred kilometers per hour"},
                    Row{"60mph", "sixty miles per hour"},
                    Row{"72°F", "seventy two degrees fahrenheit"},
                    Row{"-5°C", "minus five degrees celsius"}, Row{"1°", "one degree"},
                    Row{"30%", "thirty percent"}, Row{"5-10%", "five to ten percent"},
                    Row{"5'11\"", "five foot eleven"}, Row{"4x4", "four by four"},
                    Row{"5 in the morning", "five in the morning"},
                    Row{"16 GB", "sixteen gigabytes"}, Row{"50 m²", "fifty meters squared"}));

INSTANTIATE_TEST_SUITE_P(
    Abbreviations, NormaliseTest,
    testing::Values(Row{"Dr. Smith", "doctor smith"},
                    Row{"Ocean Dr. is long", "ocean drive is long"},
                    Row{"St. Louis", "saint louis"},
                    Row{"221 Elm St. in Boston", "two hundred twenty one elm street in boston"},
                    Row{"221 Elm St. Boston", "two hundred twenty one elm street boston"},
                    Row{"Mr. and Mrs. Jones", "mister and missus jones"},
                    Row{"Prof. Lee vs. Gen. Kim", "professor lee versus general kim"},
                    Row{"e.g. this, i.e. that", "for example this, that is that"},
                    Row{"apples, pears, etc.", "apples, pears, et cetera."},
                    Row{"No. 5", "number five"}, Row{"No. I don't", "no. i don't"},
                    Row{"no. 7", "number seven"}, Row{"w/o sugar", "without sugar"},
                    Row{"and/or", "and or"}, Row{"R&D", "R and D"}, Row{"AT&T", "A T and T"},
                    Row{"Tom & Jerry", "tom and jerry"}, Row{"the U.S. Senate", "the U S senate"},
                    Row{"a Ph.D. student", "a P H D student"}, Row{"J. R. Smith", "J R smith"}));

INSTANTIATE_TEST_SUITE_P(
    Capitals, NormaliseTest,
    testing::Values(
        Row{"the FBI", "the F B I"}, Row{"NASA", "nasa"}, Row{"UNICEF", "unicef"},
        Row{"HTTPS", "H T T P S"}, Row{"IEEE", "I E E E"}, Row{"OK", "ok"},
        Row{"two CEOs", "two C E O's"}, Row{"the CEO's car", "the C E O's car"},
        Row{"HELLO WORLD THIS IS LOUD", "hello world this is loud"},
        Row{"The USA, UK and EU", "the U S A, U K and E U"},
        Row{"It supports HTTP, SSH, FTP and SMTP", "it supports H T T P, S S H, F T P and S M T P"},
        Row{"STOP THE FBI NOW PLEASE", "stop the F B I now please"},
        Row{"NASA, ESA and JAXA", "nasa, E S A and jaxa"}, Row{"plan A is", "plan A is"},
        Row{"A dog", "a dog"}, Row{"vitamin C", "vitamin C"}, Row{"iPhone", "I phone"},
        Row{"LiveKit", "live kit"}, Row{"WebRTC", "web R T C"}, Row{"OpenAI", "open A I"},
        Row{"McDonald", "mcdonald"}, Row{"COVID-19", "covid nineteen"},
        Row{"MP3 and F-16", "M P three and F sixteen"}, Row{"html", "H T M L"}, Row{"hmm", "hmm"},
        Row{"Wi-Fi", "wifi"}, Row{"an e-mail", "an email"}, Row{"C++", "C plus plus"},
        Row{"Node.js", "node dot J S"}));

INSTANTIATE_TEST_SUITE_P(RomanNumerals, NormaliseTest,
                         testing::Values(Row{"Elizabeth II", "elizabeth the second"},
                                         Row{"World War I", "world war one"},
                                         Row{"Chapter IV", "chapter four"},
                                         Row{"Henry VIII's wife", "henry the eighth's wife"},
                                         Row{"Super Bowl LVIII", "super bowl fifty eight"},
                                         Row{"Rocky III", "rocky three"},
                                         Row{"John and I left", "john and i left"},
                                         Row{"an IV drip", "an I V drip"}));

INSTANTIATE_TEST_SUITE_P(
    WebAddresses, NormaliseTest,
    testing::Values(Row{"www.example.com", "W W W dot example dot com"},
                    Row{"https://github.com/foo/bar_baz",
                        "github dot com slash foo slash bar underscore baz"},
                    Row{"see example.org/docs?x=1#top.", "see example dot org slash docs."},
                    Row{"john.doe@example.co.uk", "john dot doe at example dot co dot U K"},
                    Row{"me @ home", "me at home"}, Row{"file.txt", "file dot T X T"}));

INSTANTIATE_TEST_SUITE_P(
    TextAndSigns, NormaliseTest,
    testing::Values(Row{"Café naïve, señor", "cafe naive, senor"},
                    Row{"Straße, Łódź", "strasse, lodz"}, Row{"e\xCC\x81te\xCC\x81", "ete"},
                    Row{"\xE2\x80\x9CHi,\xE2\x80\x9D it\xE2\x80\x99s me", "hi, it's me"},
                    Row{"wait \xE2\x80\x94 what", "wait, what"}, Row{"yes--no", "yes, no"},
                    Row{"one \xE2\x80\x93 two", "one, two"},
                    Row{"Hello \xF0\x9F\x98\x80 world", "hello world"},
                    Row{"\xE6\x97\xA5\xE6\x9C\xAC", ""}, Row{"bad \xFF\xC3 bytes", "bad bytes"},
                    Row{"**Bold** and `code`", "bold and code"},
                    Row{"see [the docs](https://x.y)", "see the docs"},
                    Row{"<b>tag</b> &amp; more", "tag and more"},
                    Row{"he (Bob) said", "he, bob, said"}, Row{"Really?! Yes.", "really? yes."},
                    Row{"well-known 5-year-old", "well known five year old"}, Row{"...", ""},
                    Row{"", ""}, Row{"rock'n'roll", "rock'n'roll"}));

INSTANTIATE_TEST_SUITE_P(
    Arithmetic, NormaliseTest,
    testing::Values(Row{"6 * 7 = 42", "six times seven equals forty two"},
                    Row{"2*3=6", "two times three equals six"}, Row{"2^10", "two to the ten"},
                    Row{"5-3=2", "five minus three equals two"},
                    Row{"8/2=4", "eight over two equals four"},
                    Row{"5×3=15", "five times three equals fifteen"},
                    Row{"4× faster", "four times faster"}, Row{"a != b", "A is not B"},
                    Row{"foo!=bar", "foo is not bar"}, Row{"a <= 5", "A at most five"},
                    Row{"x ≥ 3", "X at least three"},
                    Row{">10 and <20", "greater than ten and less than twenty"},
                    Row{"<5% or >$20", "less than five percent or greater than twenty dollars"},
                    Row{"2x + 3 = 7", "two X plus three equals seven"},
                    Row{"x² + y² = z²", "X squared plus Y squared equals Z squared"},
                    Row{"x^2", "X squared"}, Row{"9 / 3", "nine over three"},
                    Row{"1.5e-3", "one point five times ten to the minus three"},
                    Row{"6.02e23", "six point zero two times ten to the twenty three"},
                    Row{"10⁻³", "ten to the minus three"}, Row{"5 − 3", "five minus three"},
                    Row{"−5°C", "minus five degrees celsius"}, Row{"GMT-5", "G M T minus five"},
                    Row{"UTC+5:30", "U T C plus five thirty"}, Row{"well-known", "well known"},
                    Row{"a **bold** word", "a bold word"}, Row{"5*x", "five times X"}));

INSTANTIATE_TEST_SUITE_P(
    Ranges, NormaliseTest,
    testing::Values(Row{"10:30 – 11:00", "ten thirty to eleven o'clock"},
                    Row{"2019 – 2021", "twenty nineteen to twenty twenty one"},
                    Row{"10 – 12 people", "ten to twelve people"},
                    Row{"Open 9:00 - 17:00", "open nine o'clock to seventeen hundred"},
                    Row{"$5 - $10", "five dollars to ten dollars"}, Row{"50-50", "fifty fifty"},
                    Row{"Mon-Fri", "monday to friday"}, Row{"June – Aug", "june to august"},
                    Row{"10 apples - nice", "ten apples, nice"}));

INSTANTIATE_TEST_SUITE_P(
    OtherScripts, NormaliseTest,
    testing::Values(Row{"5 µg or 5 μg", "five micrograms or five micrograms"},
                    Row{"4.7 kΩ and 10Ω", "four point seven kilohms and ten ohms"},
                    Row{"CO₂ and H₂O", "C O two and H two O"},
                    Row{"the α particle, Δt, 2πr", "the alpha particle, delta T, two pi R"},
                    Row{"Ελλάδα", ""}, Row{"the word¹ is", "the word is"}));

INSTANTIATE_TEST_SUITE_P(Labels, NormaliseTest,
                         testing::Values(Row{"seat 21A", "seat twenty one A"},
                                         Row{"unit 3W", "unit three W"},
                                         Row{"Apt. 3A", "apartment three A"},
                                         Row{"rows 5A and 5B", "rows five A and five B"},
                                         Row{"3A and 60W", "three amps and sixty watts"}));

INSTANTIATE_TEST_SUITE_P(
    OtherWritings, NormaliseTest,
    testing::Values(
        Row{"12,50 €", "twelve euros and fifty cents"},
        Row{"1.299,00 €", "one thousand two hundred ninety nine euros"},
        Row{"3,5 kg", "three point five kilograms"}, Row{"1,2 and 3", "one two and three"},
        Row{"12 000 people", "twelve thousand people"},
        Row{"1\u202F234 people", "one thousand two hundred thirty four people"},
        Row{"1 1/2 tbsp", "one and one half tablespoons"}, Row{"1/2 tsp", "one half teaspoon"},
        Row{"2½ km", "two and one half kilometers"}, Row{"5M views", "five million views"},
        Row{"Call 911", "call nine one one"}, Row{"call 200 people", "call two hundred people"},
        Row{"0800 123 456", "zero eight zero zero, one two three, four five six"},
        Row{"192.168.0.1:8080",
            "one hundred ninety two dot one hundred sixty eight dot zero dot one colon "
            "eight zero eight zero"},
        Row{"2024/05/06", "may sixth twenty twenty four"},
        Row{"$4.99/mo", "four dollars and ninety nine cents per month"},
        Row{"$20/yr", "twenty dollars per year"}, Row{"Rs. 500", "five hundred rupees"},
        Row{"₹500", "five hundred rupees"}, Row{"USD 30", "thirty dollars"},
        Row{"100 EUR", "one hundred euros"}, Row{"in USD", "in U S D"}));

INSTANTIATE_TEST_SUITE_P(
    FormulasAndFaces, NormaliseTest,
    testing::Values(Row{"so $x$ and $E = mc^2$ hold", "so X and E equals M C squared hold"},
                    Row{"$$\\frac{a}{b} \\leq 2$$", "a over B at most two"},
                    Row{"\\(x^2\\) and \\[y = 2x\\]", "X squared and Y equals two X"},
                    Row{"$\\frac", "dollars frac"}, Row{"$x^$", "X to the"},
                    Row{"$5 and $10, or $5-$10",
                        "five dollars and ten dollars, or five to ten dollars"},
                    Row{"Love it <3 :)", "love it"}, Row{"Bye :-(, see you ;D", "bye, see you"},
                    Row{"Great :) See you", "great. see you"},
                    Row{"at 5:30 (or so)", "at five thirty, or so"}));

}  // namespace
}  // namespace eva::text
