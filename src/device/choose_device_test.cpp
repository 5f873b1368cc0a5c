#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "device/sound_devices.h"

namespace eva::device {
namespace {

using ::testing::HasSubstr;

const std::vector<DeviceInfo> kDevices{
    {.index = 0, .name = "HDA Intel: ALC257 (hw:0,0)", .input = true, .output = true},
    {.index = 1, .name = "HDMI 0 (hw:0,3)", .output = true},
    {.index = 4, .name = "USB Headset", .input = true, .output = true},
    {.index = 5, .name = "USB Camera", .input = true},
    {.index = 7,
     .name = "default",
     .input = true,
     .output = true,
     .default_input = true,
     .default_output = true},
};

TEST(ChooseDeviceTest, TakesTheDefault) {
  EXPECT_EQ(choose_device(kDevices, true, ""), 7);
  EXPECT_EQ(choose_device(kDevices, false, ""), 7);
}

TEST(ChooseDeviceTest, TakesTheFirstWhereNoneIsTheDefault) {
  const std::vector<DeviceInfo> devices(kDevices.begin() + 1, kDevices.begin() + 4);
  EXPECT_EQ(choose_device(devices, true, ""), 4);
  EXPECT_EQ(choose_device(devices, false, ""), 1);
}

TEST(ChooseDeviceTest, TakesANumberANameOrAPartOfIt) {
  EXPECT_EQ(choose_device(kDevices, true, "5"), 5);
  EXPECT_EQ(choose_device(kDevices, true, "USB Camera"), 5);
  EXPECT_EQ(choose_device(kDevices, true, "headSET"), 4);
  EXPECT_EQ(choose_device(kDevices, false, "usb"), 4);  // the camera does not play
}

TEST(ChooseDeviceTest, SaysWhatThereIs) {
  const auto none = choose_device(kDevices, true, "HDMI");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(none.error().detail, HasSubstr("no microphone \"HDMI\"; there are 0 \"HDA"));
  const auto two = choose_device(kDevices, true, "usb");
  ASSERT_FALSE(two);
  EXPECT_THAT(two.error().detail, HasSubstr("4 \"USB Headset\" or 5 \"USB Camera\""));
}

TEST(ChooseDeviceTest, SaysWhatToDoWithoutAny) {
  for (const bool input : {true, false}) {
    const auto none = choose_device({}, input, "");
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::kNotFound);
    EXPECT_THAT(none.error().detail, HasSubstr(input ? "no microphone" : "no loudspeaker"));
    EXPECT_THAT(none.error().detail, HasSubstr("eva serve"));
  }
}

}  // namespace
}  // namespace eva::device
