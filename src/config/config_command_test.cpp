#include "config/config_command.h"

#include <gtest/gtest.h>

#include <sstream>

#include "config/render.h"

namespace eva::config {
namespace {

TEST(ConfigCommand, PrintsTableAndWarnings) {
  Sources sources;
  sources.env = {{"HOME", "/h"}, {"EVA_CONFIG", "/dev/null"}, {"EVA_TURN_SILENCE", "1"}};
  std::ostringstream out, err;
  EXPECT_EQ(config_command({}, sources, out, err), 0);
  EXPECT_EQ(out.str().substr(0, 14), "server.listen ");
  EXPECT_EQ(err.str(),
            "warning: unknown variable EVA_TURN_SILENCE; did you mean EVA_TURN_SILENCE_MS?\n");
}

TEST(ConfigCommand, ExampleReadsNothing) {
  Sources sources;
  sources.env = {{"EVA_CONFIG", "/nowhere/eva.toml"}};
  std::ostringstream out, err;
  EXPECT_EQ(config_command({.example = true}, sources, out, err), 0);
  EXPECT_EQ(out.str(), render_example());
  EXPECT_EQ(err.str(), "");
}

TEST(ConfigCommand, MistakesGoToErr) {
  Sources sources;
  sources.env = {{"HOME", "/h"}, {"EVA_CONFIG", "/dev/null"}};
  sources.flags = {{"server.loops", "-1"}};
  std::ostringstream out, err;
  EXPECT_EQ(config_command({}, sources, out, err), 1);
  EXPECT_EQ(out.str(), "");
  EXPECT_EQ(err.str(), "--server.loops: server.loops must be a whole number, 0 to 256, not -1\n");
}

}  // namespace
}  // namespace eva::config
