"""This machine's microphone and loudspeaker, or rather those of a made-up ALSA configuration."""
import signal
import subprocess

import pytest

from eva_process import BINARY, clean_environment, run, wait_for


@pytest.fixture
def no_devices(tmp_path):
    """A configuration in which ALSA finds no card, whatever the machine has. PortAudio 19.6 does not
    bear an empty one."""
    (tmp_path / "none.conf").write_text("pcm.nothing 1\n")
    return {"ALSA_CONFIG_PATH": str(tmp_path / "none.conf")}


@pytest.fixture
def null_devices(tmp_path):
    """Silence in, nothing out, as fast as they are asked."""
    (tmp_path / "null.conf").write_text("pcm.default { type null }\npcm.quiet_room { type null }\n")
    return {"ALSA_CONFIG_PATH": str(tmp_path / "null.conf")}


@pytest.mark.parametrize("command", [["talk"], ["listen", "--mic"]])
def test_without_a_microphone_one_line_says_what_to_do(command, no_devices):
    result = run(*command, env=no_devices)
    assert result.returncode == 1 and result.stdout == ""
    assert result.stderr == (
        f"eva {command[0]}: this machine has no microphone: plug one in, use the browser's "
        "(eva serve), or give a recording\n")


def test_the_devices_are_listed(no_devices, null_devices):
    result = run("talk", "--list-devices", env=no_devices)
    assert result.returncode == 0 and result.stderr == ""
    assert result.stdout == "This machine has neither microphone nor loudspeaker.\n"

    result = run("talk", "--list-devices", env=null_devices)
    assert result.returncode == 0 and result.stderr == ""
    assert "quiet_room  (both)" in result.stdout
    assert "default  (both, default input, default output)" in result.stdout


def test_a_name_that_no_device_has(null_devices):
    for flag, kind in (("--input", "microphone"), ("--output", "loudspeaker")):
        result = run("talk", flag, "usb", env=null_devices)
        assert result.returncode == 1
        assert f'there is no {kind} "usb"; there are' in result.stderr
        assert "quiet_room" in result.stderr


def test_options_that_need_a_recording_or_none(tmp_path):
    for flags, says in ((["--out", tmp_path / "o.wav"], "go with a recording"),
                        (["--realtime"], "go with a recording"),
                        ([tmp_path / "in.wav"], "needs --out FILE"),
                        ([tmp_path / "in.wav", "--out", tmp_path / "o", "--input", "usb"],
                         "go without a recording")):
        result = run("talk", *flags)
        assert result.returncode == 1, flags
        assert says in result.stderr, (flags, result.stderr)


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_hangs_up(which, null_devices, tmp_path):
    errors = tmp_path / "stderr"
    with errors.open("w") as stderr, subprocess.Popen(
            [BINARY, "talk", "--input", "quiet", "--output", "quiet"], stdout=subprocess.PIPE,
            stderr=stderr, env=clean_environment(null_devices), text=True) as call:
        try:
            wait_for(lambda: "Speak when you like" in errors.read_text(), 60, errors.read_text)
            call.send_signal(which)
            out, _ = call.communicate(timeout=20)
        finally:
            call.kill()
    assert call.returncode == 0, errors.read_text()
    assert out == ""
    assert "ALSA" not in errors.read_text()
