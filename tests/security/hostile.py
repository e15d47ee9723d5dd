"""A world whose every text is an attack, and a reader of pages that notices if any of it came alive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from tequio.access.domain import Permission, Role
from tequio.access.models import User
from tequio.accounts import services as accounts
from tequio.accounts.domain import Training
from tequio.accounts.services import RequestDraft
from tequio.administration import services as administration
from tequio.catalogs.domain import Item
from tequio.catalogs.services import NewValue, NewVersion
from tequio.institutions.domain import AgencyKind, Level
from tequio.institutions.services import NewAgency
from tequio.kernel import clock
from tequio.kernel.contract import Kind
from tequio.registries.rnd import public
from tequio.registries.rnd.domain import CustodyKind
from tequio.registries.rnd.services import CustodyStep, add_custody_event, correct_detention
from tequio.supply import uploads
from tequio.supply.models import Batch
from tequio.supply.registries import intake
from tequio.targets.domain import Verdict
from tequio.targets.models import Hit
from tequio.targets.services import propose_target
from tests.story import hit_of_juan, judge, notices_of
from tests.world import JUAN, SUPPLY, WATCH, WHY, Cast, csv_text, detention, draft_of, react, stored, supply

ATTACK: Final = "\"'><tq-x onx=1>{{ 40|add:2 }}tq"
"""Closes an attribute of either quote, opens an element with a handler, and is a template's expression besides."""
COMPUTED: Final = "42tq"
"""What a template that took `ATTACK` for its own would write."""
AGENCY: Final = "NT-ATAQUE"
_TEXTS: Final = {Kind.TEXT, Kind.NAME, Kind.KEY}
_OF_THE_STORY: Final = {"nombre", "primer_apellido", "segundo_apellido", "clave_registro"}
_LINKS: Final = {"href", "src", "action", "formaction", "hx-get", "hx-post", "poster", "data"}


@dataclass(frozen=True)
class Things:
    """What there is, for addresses that take one."""

    detention: UUID
    other_detention: UUID
    batch: UUID
    upload: UUID
    target: UUID
    proposed: UUID
    hit: UUID
    open_hit: UUID
    notice: UUID
    request: UUID
    token: UUID
    key: int


class Reader(HTMLParser):
    """Reads a page. `alive` tells what of the attack is an element, an attribute or a place to go to."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.alive: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag.startswith("tq-"):
            self.alive.append(f"<{tag}>")
        for name, value in attrs:
            said = (value or "").strip().lower()
            if name.startswith("on") or "tq-x" in name or name == "style":
                self.alive.append(f"<{tag} {name}={said[:40]}>")
            if name in _LINKS and not said.startswith(("/", "#", "?")) and said not in ("", "."):
                self.alive.append(f"<{tag} {name}={said[:40]}>")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def alive_in(page: str) -> list[str]:
    """What of an attack came alive in a page: nothing, or what is to be mended."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    found = list(reader.alive)
    if COMPUTED in page:
        found.append("a template's expression was computed")
    if "<tq-x" in page:
        found.append("markup as it was written")
    return found


def row(words: str, key: str, **other: str) -> dict[str, str]:
    """Juan's row, with those words in every field that takes a text."""
    texts = {
        field.name: words
        for field in intake("rnd").contract.fields
        if field.kind in _TEXTS and field.name not in _OF_THE_STORY and (field.bounds or (0, 99))[1] >= len(words)
    }
    if words.startswith("="):  # a name that is a formula is held back, and its row with it
        named = {name: JUAN.get(name, "") for name in texts if "nombre" in name}
        return texts | JUAN | named | {"clave_registro": key, "motivo": words} | other
    return texts | JUAN | {"clave_registro": key, "motivo": words, "aprehensor_nombre": words} | other


def build(cast: Cast, folder: Path, words: str = ATTACK) -> Things:
    """Both states' story in those words, and something of everything that an address takes."""
    target, hit = hit_of_juan(cast, folder, note=words, document=words, aliases=(words,), names=(f"Filiberto {words}",))
    judge(cast, hit, Verdict.POSITIVE)
    key = words if not words.startswith("=") else f"NAY-3 {words}"  # a sheet's ="..." is taken off a key
    supply(cast.nayarit_capturist, folder, [row(words, key, fecha_detencion="2026-10-21"), row(words, "NAY-2", sexo="?")])
    react()
    for user in User.objects.filter(username__in=["nayarit_analyst", "jalisco_analyst"]):
        User.objects.filter(pk=user.pk).update(full_name=f"{user.username} {words}")
    found = detention(cast.nayarit_supervisor, "NAY-0001")
    _keep_writing(cast, found.id, words)
    [notice] = notices_of(cast.jalisco_liaison)
    upload = _waiting_upload(cast, folder, words)
    request = accounts.request_account(actor=cast.nayarit_liaison, agency_code="NT-SSPC", draft=_request(words))
    scopes = [Permission.DETENTION_READ]
    token, _secret = accounts.make_token(actor=cast.nayarit_supervisor, purpose=WHY, label=words, scopes=scopes, valid_days=5)
    _administer(cast, words)
    other = propose_target(
        actor=cast.jalisco_analyst, purpose=WATCH, draft=draft_of(JUAN | {"nombre": words}, note=words, document=words)
    )
    user = User.objects.get(username="nayarit_analyst")
    passkey = Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=_key(words))
    return Things(
        detention=found.id,
        other_detention=detention(cast.nayarit_supervisor, key).id,
        batch=stored(Batch)[-1].id,
        upload=upload.id,
        target=target.id,
        proposed=other.id,
        hit=hit.id,
        open_hit=_open_hit(hit.id),
        notice=notice.id,
        request=request.id,
        token=token.pk,
        key=passkey.pk,
    )


def _open_hit(judged: UUID) -> UUID:
    return next((one.id for one in stored(Hit) if one.id != judged), judged)


def _key(words: str) -> dict[str, Any]:
    """A passkey of that name, as its authenticator would have registered it."""
    public_key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    credential = AttestedCredentialData.create(b"\0" * 16, b"llave", public_key)
    flags = AuthenticatorData.FLAG.AT | AuthenticatorData.FLAG.UP
    attestation = AttestationObject.create("none", AuthenticatorData.create(b"\0" * 32, flags, 0, credential), {})
    client = CollectedClientData.create(CollectedClientData.TYPE.CREATE, b"reto", "http://testserver")
    response = {"clientDataJSON": websafe_encode(client), "attestationObject": websafe_encode(attestation)}
    name = websafe_encode(b"llave")
    registered = {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}
    return {"name": words, "passwordless": False, "credential": registered}


def _keep_writing(cast: Cast, detention_id: UUID, words: str) -> None:
    """A correction, and a step of custody."""
    who = cast.nayarit_supervisor
    changes = {"nationality": words}
    correct_detention(actor=who, purpose=SUPPLY, detention_id=detention_id, changes=changes, reason=words)
    step = CustodyStep(kind=CustodyKind.IN_TRANSFER, at=clock.now() - timedelta(hours=1), place=words, note=words)
    add_custody_event(actor=who, purpose=SUPPLY, detention_id=detention_id, step=step)
    react()


def _waiting_upload(cast: Cast, folder: Path, words: str) -> uploads.Upload:
    """A file that waits, with the attack as its name, as a header and in its cells."""
    path = folder / "espera.csv"
    path.write_text(csv_text([row(words, "NAY-3") | {words: words}]), encoding="utf-8")
    return uploads.stage_upload(
        actor=cast.nayarit_capturist, purpose=SUPPLY, registry="rnd", path=path, file_name=f"{words}.csv", batch_key="LOTE-9"
    )


def _request(words: str) -> RequestDraft:
    return RequestDraft(
        "nueva.persona", words, frozenset({Role.ANALYST}), words, date(2026, 10, 1), Training.VALID, date(2027, 10, 1)
    )


def _administer(cast: Cast, words: str) -> None:
    """An agency, a catalogue, a parameter, a training and the public consultation, all of them described by attacks."""
    hub, admin, day = cast.hub_operator, cast.administrator, date(2026, 10, 1)
    new = NewAgency(AGENCY, Level.STATE, AgencyKind.PUBLIC_SECURITY, "18", "", words, words[:12], day, words, True)
    administration.add_agency(actor=hub, purpose=WHY, new=new)
    items = (Item("uno", words, "", {"note": words, "synonyms": [words]}),)
    version = NewVersion("fundamento_objetivo", "9", date(2027, 1, 1), words, True, items, words)
    administration.add_catalog_version(actor=hub, purpose=WHY, new=version)
    value = NewValue("purpose.basis.investigacion", words, day, words, True)
    administration.change_parameter(actor=hub, purpose=WHY, new=value)
    accounts.record_training(
        actor=admin, purpose=WHY, username="nayarit_analyst", state=Training.VALID, valid_to=date(2027, 1, 1), document=words
    )
    public.open_consultation(actor=admin, purpose=WHY, document=words)
