from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.office.team.views import agents, capacity, own_targets, speech, time_lines, wallboard

urlpatterns: list[URLPattern | URLResolver] = [
    path("wallboard/", wallboard.wallboards, name="wallboards"),
    path("wallboard/<slug:centre>/", wallboard.wallboard, name="wallboard"),
    path("wallboard/<slug:centre>/queues/<slug:queue>/closure/", wallboard.queue_closure, name="queue-closure"),
    path("wallboard/<slug:centre>/personal-waits/<uuid:enquiry>/", wallboard.personal_wait, name="personal-wait"),
    path("wallboard/<slug:centre>/messages/<int:message>/", wallboard.queue_message, name="queue-message-switch"),
    path("wallboard/<slug:centre>/disturbances/", wallboard.disturbance_list, name="disturbances"),
    path(
        "wallboard/<slug:centre>/disturbances/<int:disturbance>/end/", wallboard.disturbance_end, name="disturbance-end"
    ),
    path("wallboard/<slug:centre>/agents/<int:person>/", agents.agent, name="agent"),
    path("wallboard/<slug:centre>/agents/<int:person>/queues/", agents.agent_queues, name="agent-queues"),
    path("wallboard/<slug:centre>/agents/<int:person>/levels/", agents.agent_levels, name="agent-levels"),
    path("wallboard/<slug:centre>/agents/<int:person>/state/", agents.agent_state, name="agent-state"),
    path("wallboard/<slug:centre>/agents/<int:person>/call/", agents.agent_call, name="agent-call"),
    path("time-lines/", time_lines.time_lines, name="time-lines"),
    path("time-lines/<slug:centre>/", time_lines.time_line, name="agent-time-line"),
    path("time-lines/<slug:centre>/file/", time_lines.time_line_file, name="agent-time-line-file"),
    path("time-lines/<slug:centre>/targets/", own_targets.own_targets, name="own-targets"),
    path("capacity/", capacity.capacities, name="capacities"),
    path("capacity/words/", capacity.preview, name="capacity-words"),
    path("capacity/<slug:centre>/", capacity.centre_capacity, name="capacity"),
    path("capacity/<slug:centre>/choices/", capacity.choices, name="capacity-choices"),
    path("capacity/<slug:centre>/<int:profile>/", capacity.profile, name="capacity-profile"),
    path("capacity/<slug:centre>/<int:profile>/<int:terms>/removal/", capacity.removal, name="capacity-removal"),
    path("speech/", speech.spoken, name="speech"),
    path("speech/sample/", speech.sample, name="speech-sample"),
]
