#include "engine/text/builtin_words.h"

#include "base/check.h"

namespace eva::text {
namespace {

constexpr std::string_view kWords =
    "wifi\tw ay1 f ay0\n"
    "kubernetes\tk uw2 b er0 n eh1 t iy0 z\n"
    "postgres\tp ow1 s t g r eh0 s\n"
    "postgresql\tp ow2 s t g r eh0 s k y uw2 eh1 l\n"
    "sql\ts iy1 k w ax0 l\n"
    "mysql\tm ay1 s iy2 k w ax0 l\n"
    "sqlite\ts iy1 k w ax0 l ay2 t\n"
    "github\tg ih1 t hh ah0 b\n"
    "linux\tl ih1 n ax0 k s\n"
    "ubuntu\tuw0 b uh1 n t uw0\n"
    "debian\td eh1 b iy0 ax0 n\n"
    "nginx\teh1 n jh ih0 n eh1 k s\n"
    "json\tjh ey1 s ax0 n\n"
    "yaml\ty ae1 m ax0 l\n"
    "gif\tg ih1 f\n"
    "jpeg\tjh ey1 p eh0 g\n"
    "google\tg uw1 g ax0 l\n"
    "uber\tuw1 b er0\n"
    "ikea\tay0 k iy1 ax0\n"
    "nvidia\teh0 n v ih1 d iy0 ax0\n"
    "tesla\tt eh1 s l ax0\n"
    "spotify\ts p aa1 t ax0 f ay2\n"
    "siobhan\tsh ax0 v ao1 n\n"
    "xavier\tz ey1 v y er0\n"
    "zoe\tz ow1 iy0\n"
    "nguyen\tw ih1 n\n"
    "giovanni\tjh iy0 ow0 v aa1 n iy0\n"
    "sean\tsh ao1 n\n"
    "joaquin\tw aa0 k iy1 n\n"
    "jose\thh ow0 z ey1\n"
    "favorite\tf ey1 v r ax0 t\n"
    "email\tiy1 m ey1 l\n"
    "online\taa1 n l ay2 n\n"
    "okay\tow0 k ey1\n"
    "percent\tp er0 s eh1 n t\n"
    "thirty\tth er1 t iy0\n"
    "sixteenth\ts ih0 k s t iy1 n th\n"
    "miz\tm ih1 z\n"
    "missus\tm ih1 s ih0 z\n"
    "celsius\ts eh1 l s iy0 ax0 s\n"
    "fahrenheit\tf eh1 r ax0 n hh ay2 t\n"
    "cetera\ts eh1 t er0 ax0\n"
    "cafe\tk ae0 f ey1\n"
    "naive\tn aa0 iy1 v\n"
    "resume\tr iy0 z uw1 m\n"
    "fiance\tf iy2 aa0 n s ey1\n"
    "jalapeno\thh aa2 l ax0 p ey1 n y ow0\n"
    "hmm\thh ah1 m\n"
    "hm\thh ah1 m\n"
    "mm\tm ah1 m\n"
    "mmm\tm ah1 m\n"
    "uh\tah1\n"
    "um\tah1 m\n"
    "shh\tsh ih1 sh\n"
    "psst\tp ih1 s t\n"
    "tsk\tt ih1 s k\n"
    "nth\teh1 n th\n"
    "covid\tk ow1 v ih0 d\n"
    "resource\tr iy1 s ao2 r s\n"
    "resources\tr iy1 s ao2 r s ih0 z\n";

const Lexicon& builtin() {
  static const Result<Lexicon> lexicon = Lexicon::parse(kWords, "builtin");
  EVA_CHECK(lexicon.has_value());
  return *lexicon;
}

}  // namespace

const Pronunciation* find_builtin(std::string_view word) {
  return builtin().find(word);
}

}  // namespace eva::text
