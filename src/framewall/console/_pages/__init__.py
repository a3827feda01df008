"""Pages for people, one a file; each says what it needs and draws a template."""

from framewall.console._pages import (
    attacks,
    audit,
    exceptions,
    export,
    hit,
    overview,
    playground,
    routes,
    rule_editor,
    rules,
    sessions,
    settings,
    sign_in,
)

ROUTERS = tuple(
    page.router
    for page in (
        sign_in,
        overview,
        export,
        attacks,
        hit,
        sessions,
        playground,
        rule_editor,
        rules,
        exceptions,
        routes,
        audit,
        settings,
    )
)
