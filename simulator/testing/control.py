"""The control plane's client inside a test: the methods of `ControlClient`, blocking or awaited."""

from simulator.client.client import ControlClient
from simulator.testing.asking import Face, awaited, blocking


class ControlFace(Face[ControlClient]):
    """Asks the client of the simulator that runs at the moment."""

    def _target(self) -> ControlClient:
        return self._inside.control


class Control(ControlFace):
    """Every method blocks."""

    ready = blocking(ControlClient.ready)
    apps = blocking(ControlClient.apps)
    app = blocking(ControlClient.app)
    add_app = blocking(ControlClient.add_app)
    change_app = blocking(ControlClient.change_app)
    remove_app = blocking(ControlClient.remove_app)
    numbers = blocking(ControlClient.numbers)
    add_numbers = blocking(ControlClient.add_numbers)
    change_number = blocking(ControlClient.change_number)
    voice_files = blocking(ControlClient.voice_files)
    add_voice_file = blocking(ControlClient.add_voice_file)
    change_voice_file = blocking(ControlClient.change_voice_file)
    remove_voice_file = blocking(ControlClient.remove_voice_file)
    refusals = blocking(ControlClient.refusals)
    provoke = blocking(ControlClient.provoke)
    stop_provoking = blocking(ControlClient.stop_provoking)
    bindings = blocking(ControlClient.bindings)
    dial = blocking(ControlClient.dial)
    call = blocking(ControlClient.call)
    calls = blocking(ControlClient.calls)
    release = blocking(ControlClient.release)
    clock = blocking(ControlClient.clock)
    advance = blocking(ControlClient.advance)
    scale = blocking(ControlClient.scale)
    freeze = blocking(ControlClient.freeze)
    journal = blocking(ControlClient.journal)
    wait = blocking(ControlClient.wait)
    verify = blocking(ControlClient.verify)
    notifications = blocking(ControlClient.notifications)
    notification = blocking(ControlClient.notification)
    redeliver = blocking(ControlClient.redeliver)
    change_numbers = blocking(ControlClient.change_numbers)
    change_arrears = blocking(ControlClient.change_arrears)
    send_sms = blocking(ControlClient.send_sms)
    message = blocking(ControlClient.message)
    messages = blocking(ControlClient.messages)
    faults = blocking(ControlClient.faults)
    set_faults = blocking(ControlClient.set_faults)
    clear_faults = blocking(ControlClient.clear_faults)
    reset = blocking(ControlClient.reset)


class AsyncControl(ControlFace):
    """Every method is awaited."""

    ready = awaited(ControlClient.ready)
    apps = awaited(ControlClient.apps)
    app = awaited(ControlClient.app)
    add_app = awaited(ControlClient.add_app)
    change_app = awaited(ControlClient.change_app)
    remove_app = awaited(ControlClient.remove_app)
    numbers = awaited(ControlClient.numbers)
    add_numbers = awaited(ControlClient.add_numbers)
    change_number = awaited(ControlClient.change_number)
    voice_files = awaited(ControlClient.voice_files)
    add_voice_file = awaited(ControlClient.add_voice_file)
    change_voice_file = awaited(ControlClient.change_voice_file)
    remove_voice_file = awaited(ControlClient.remove_voice_file)
    refusals = awaited(ControlClient.refusals)
    provoke = awaited(ControlClient.provoke)
    stop_provoking = awaited(ControlClient.stop_provoking)
    bindings = awaited(ControlClient.bindings)
    dial = awaited(ControlClient.dial)
    call = awaited(ControlClient.call)
    calls = awaited(ControlClient.calls)
    release = awaited(ControlClient.release)
    clock = awaited(ControlClient.clock)
    advance = awaited(ControlClient.advance)
    scale = awaited(ControlClient.scale)
    freeze = awaited(ControlClient.freeze)
    journal = awaited(ControlClient.journal)
    wait = awaited(ControlClient.wait)
    verify = awaited(ControlClient.verify)
    notifications = awaited(ControlClient.notifications)
    notification = awaited(ControlClient.notification)
    redeliver = awaited(ControlClient.redeliver)
    change_numbers = awaited(ControlClient.change_numbers)
    change_arrears = awaited(ControlClient.change_arrears)
    send_sms = awaited(ControlClient.send_sms)
    message = awaited(ControlClient.message)
    messages = awaited(ControlClient.messages)
    faults = awaited(ControlClient.faults)
    set_faults = awaited(ControlClient.set_faults)
    clear_faults = awaited(ControlClient.clear_faults)
    reset = awaited(ControlClient.reset)
