"""Faults of argilla-server 2.8.0, mended in memory; the version is checked first.

Each was met while running that version; none will be mended upstream, where the last release is
of March 2025.
"""

import sys
import types
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from argilla_server.database import AsyncSession
    from argilla_server.models import Record
    from argilla_server.models.mixins import Schema, Upserted

VERSION = "2.8.0"
LEFT_OUT = {
    "argilla_server.contexts.hub": ("HubDataset", "HubDatasetExporter"),
    "argilla_server.search_engine.elasticsearch": ("ElasticSearchEngine",),
    "argilla_server.search_engine.opensearch": ("OpenSearchEngine",),
}
"""Parts that would need 300 MB of packages for what a local server does not do."""


def before_import() -> None:
    """What must be in place when `argilla_server` is first imported."""
    if version("argilla-server") != VERSION:
        raise ImportError(f"argilla-server {version('argilla-server')} is here, not {VERSION}")
    for module, names in LEFT_OUT.items():
        stand_in = types.ModuleType(module)
        for name in names:
            setattr(stand_in, name, _refuse)
        sys.modules[module] = stand_in


def _refuse(*_: object, **__: object) -> NoReturn:
    raise NotImplementedError("This server has no access to the Hugging Face hub.")


def after_import() -> None:
    """What changes the server once its parts are loaded, before it answers anything."""
    _load_vector_settings_at_once()
    _keep_type_adapters()
    _skip_unheard_events()
    _insert_row_by_row()
    _prepare_connections()


def _load_vector_settings_at_once() -> None:
    """`GET /records/{id}` of a record with vectors loads them too late and answers 500."""
    from argilla_server.models import Vector

    relation = Vector.__mapper__._init_properties["vector_settings"]
    relation.lazy, relation.strategy_key = "joined", (("lazy", "joined"),)


def _keep_type_adapters() -> None:
    """A validator is built whenever the settings of a question are read: half of all time."""
    from argilla_server.models import database

    build = database.TypeAdapter
    built: dict[int, object] = {}

    def keep(kind: object) -> object:
        if id(kind) not in built:
            built[id(kind)] = build(kind)
        return built[id(kind)]

    database.TypeAdapter = keep


def _skip_unheard_events() -> None:
    """An event is put together for every record logged, though no webhook listens."""
    from argilla_server.contexts.webhooks import list_enabled_webhooks
    from argilla_server.webhooks.v1.records import notify_record_event

    async def notify(db: "AsyncSession", event: str, record: "Record") -> list[object]:
        if not await list_enabled_webhooks(db):
            return []
        return await notify_record_event(db, event, record)

    for module in [m for name, m in sys.modules.items() if name.startswith("argilla_server.")]:
        for name, value in list(vars(module).items()):
            if value is notify_record_event:
                setattr(module, name, notify)


def _insert_row_by_row() -> None:
    """A batch is one statement with all its values: compiled anew each time, and too long for
    SQLite from 32,766 values on. Here it is a short statement with a list of rows."""
    from argilla_server.models.mixins import CRUDMixin
    from sqlalchemy.dialects.sqlite import insert

    async def upsert_many(
        model: "type[Upserted]",
        db: "AsyncSession",
        objects: "Sequence[Schema | dict[str, object]]",
        constraints: list[object],
        autocommit: bool = True,  # noqa: FBT001, FBT002  (as upstream's)
    ) -> Sequence[object]:
        values = [each if isinstance(each, dict) else each.model_dump() for each in objects]
        added = insert(model)
        changed = {name: added.excluded[name] for name in model.__upsertable_columns__}
        changed["updated_at"] = datetime.now(UTC).replace(tzinfo=None)
        statement = added.on_conflict_do_update(index_elements=constraints, set_=changed)
        found = await db.execute(
            statement.returning(model).execution_options(populate_existing=True), values
        )
        if autocommit:
            await db.commit()
        return found.scalars().all()

    CRUDMixin.upsert_many = classmethod(upsert_many)


def _prepare_connections() -> None:
    """Each connection of the server gets the functions that the triggers of the search call."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    from curation.review.server.inside import schema

    event.listen(Engine, "connect", lambda connection, _: schema.install(connection))
