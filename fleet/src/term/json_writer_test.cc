#include "tinyfog/term/json_writer.h"

#include <gtest/gtest.h>

#include <limits>

namespace tinyfog::term {
namespace {

TEST(JsonWriter, NestsAndSeparates) {
  JsonWriter json;
  json.Object().Field("a", 1).Key("b").Array().Value(true).Null().Object().End().End();
  json.Field("c", "x").End();
  EXPECT_EQ(json.text(), R"({"a":1,"b":[true,null,{}],"c":"x"})");
}

TEST(JsonWriter, NumbersAreExact) {
  JsonWriter json;
  json.Array().Value(~0ull).Value(std::numeric_limits<std::int64_t>::min()).Value(0.1).Value(0.1f);
  json.Value(1e300).Value(std::numeric_limits<double>::infinity()).End();
  EXPECT_EQ(json.text(), "[18446744073709551615,-9223372036854775808,0.1,0.1,1e+300,null]");
}

TEST(JsonWriter, StringsAreEscapedAndUtf8) {
  JsonWriter json;
  json.Array().Value("q\"\\\n\x1b µ").Value(std::string_view("\xFFz")).End();
  EXPECT_EQ(json.text(), "[\"q\\\"\\\\\\u000a\\u001b µ\",\"\xEF\xBF\xBDz\"]");
}

}  // namespace
}  // namespace tinyfog::term
