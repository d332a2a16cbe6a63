"""What every route answers when it does not refuse: status, and the shape of its JSON. A test compares it with the menu."""

from collections.abc import Mapping
from typing import Any

from simulator.client import page_shapes, shapes

NOTHING = None
"""There is no body."""
FEED = "text/event-stream"
"""The body is no JSON, and does not end."""

Says = tuple[int, Any]

OK: Mapping[str, Any] = {
    "GET /apps": {"apps": list[shapes.App]},
    "GET /apps/{app_key}": shapes.App,
    "PATCH /apps/{app_key}": shapes.App,
    "GET /apps/{app_key}/numbers": page_shapes.NumberPage,
    "GET /apps/{app_key}/bindings": page_shapes.BindingPage,
    "PATCH /apps/{app_key}/numbers": {"numbers": list[shapes.Number]},
    "PATCH /apps/{app_key}/numbers/{number}": shapes.Number,
    "POST /apps/{app_key}/arrears": shapes.Arrears,
    "GET /apps/{app_key}/voice-files": {"voice_files": list[shapes.VoiceFile]},
    "PATCH /apps/{app_key}/voice-files/{name}": shapes.VoiceFile,
    "GET /apps/{app_key}/refusals": {"refusals": list[shapes.Refusal]},
    "GET /ready": shapes.Ready,
    "GET /calls": page_shapes.CallPage,
    "GET /calls/{call_id}": shapes.Call,
    "POST /calls/{call_id}/release": shapes.Call,
    "GET /messages": page_shapes.MessagePage,
    "GET /messages/{message_id}": shapes.Message,
    "GET /clock": shapes.Clock,
    "POST /clock/advance": shapes.Advanced,
    "POST /clock/scale": shapes.Clock,
    "POST /clock/freeze": shapes.Clock,
    "GET /journal": shapes.JournalPage,
    "POST /journal/wait": shapes.Waited,
    "POST /journal/verify": shapes.Verified | shapes.VerifiedTogether,
    "GET /notifications": page_shapes.NotificationPage,
    "GET /notifications/{notification_id}": shapes.Notification,
    "POST /notifications/{notification_id}/redeliver": shapes.Notification,
    "GET /faults": {"faults": list[shapes.Fault]},
    "PUT /faults": {"faults": list[shapes.Fault]},
    "GET /snapshot": Mapping[str, object],
    "GET /catalogue": Mapping[str, list[object]],
    "GET /events": FEED,
    "GET /openapi.json": Mapping[str, object],
}
MADE: Mapping[str, Any] = {
    "POST /apps": shapes.App,
    "POST /apps/{app_key}/numbers": {"numbers": list[shapes.Number]},
    "POST /apps/{app_key}/voice-files": shapes.VoiceFile,
    "POST /apps/{app_key}/refusals": shapes.Refusal,
    "POST /calls": shapes.Dialled,
    "POST /messages": shapes.Message,
}
DONE = (
    "DELETE /apps/{app_key}",
    "DELETE /apps/{app_key}/voice-files/{name}",
    "DELETE /apps/{app_key}/refusals",
    "POST /reset",
    "DELETE /faults",
    "PUT /snapshot",
    "POST /session",
    "DELETE /session",
)

ANSWERS: Mapping[str, Says] = {
    **{route: (200, says) for route, says in OK.items()},
    **{route: (201, says) for route, says in MADE.items()},
    **dict.fromkeys(DONE, (204, NOTHING)),
}
"""Method and path of a route -> what it answers."""
ANYTHING: Says = (200, object)
