"""Ways to break access control, each by one check: what stands in a file, and what stands there instead."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """One change to one file below `server/`; `old` occurs in it exactly once."""

    file: str
    old: str
    new: str

    @property
    def name(self) -> str:
        """How test reports call it."""
        return f"{self.file}: {self.old.strip().splitlines()[0][:70]}"


MUTANTS = (
    # The fixed rules
    Mutant("access/rules.py", "if principal.tenant != resource.tenant:", "if False:"),
    Mutant("access/rules.py", "not same_region(resource.region, server_region) or ", ""),
    Mutant("access/rules.py", " or not same_region(resource.region, principal.region)", ""),
    Mutant("access/rules.py", "if action is Action.WRITE:", "if action is not Action.READ:"),
    Mutant("access/rules.py", "_is_reader(principal, resource) and ", ""),
    Mutant("access/rules.py", " and resource.clearance <= principal.clearance", ""),
    Mutant(
        "access/rules.py", "resource.clearance <= principal.clearance", "resource.clearance <= principal.clearance + 1"
    ),
    Mutant("access/rules.py", "principal.subject == resource.owner or ", ""),
    Mutant("access/rules.py", "not set(resource.readers).isdisjoint(principal.groups)", "bool(principal.groups)"),
    Mutant("access/rules.py", "return not one or not other or one == other", "return not one or one == other"),
    # The policies
    Mutant("access/policies.py", " and not diagnostics.errors", ""),
    Mutant("access/policies.py", "if each.name in words)", "if each.name in ())"),
    Mutant("access/policies.py", "cedarpy.policies_to_json_str(text)", "text"),
    Mutant("access/policies.py", "if not result.validation_passed:", "if False:"),
    Mutant("access/policies.py", "if not all(names):", "if False:"),
    Mutant("access/policies.py", "if len(set(names)) < len(names):", "if False:"),
    Mutant("access/policies.py", "if name in owner:", "if False:"),
    Mutant("access/policies.py", "if nodes.templates:", "if False:"),
    Mutant("access/policies.py", '"groups": list(principal.groups),', '"groups": [],'),
    Mutant("access/policies.py", '"tags": dict(principal.attributes)', '"tags": {}'),
    Mutant("access/policies.py", '"context": {"server_region": server_region}', '"context": {"server_region": ""}'),
    # Both together, and what is kept of them
    Mutant("access/control.py", "return all(permits(who,", "return any(permits(who,"),
    Mutant("access/control.py", "for who in self.caller.principals)\n", "for who in [self.caller])\n"),
    Mutant(
        "access/control.py",
        "resources, self.server_region) for who in self.caller.principals",
        "resources, self.server_region) for who in [self.caller]",
    ),
    Mutant("access/control.py", "Decision(all(decision.allowed", "Decision(any(decision.allowed"),
    Mutant("access/control.py", "key = (caller.fingerprint, action,", "key = (caller.subject, action,"),
    Mutant("access/control.py", "action, policies.version)", "action, '')"),
    Mutant(
        "access/control.py",
        "key = (caller.fingerprint, action, policies",
        "key = (caller.fingerprint, Action.READ, policies",
    ),
    Mutant("access/control.py", "entries & self._allowed(columns, columns.resource_of, entries)", "entries"),
    Mutant(
        "access/control.py",
        "entries & self._allowed(columns, columns.resource_of, entries)",
        "self._allowed(columns, columns.resource_of, entries)",
    ),
    Mutant("access/control.py", "np.asarray(verdicts == _YES)", "np.ones(len(numbers), dtype=np.bool_)"),
    Mutant("access/control.py", "if resources is self.resources:", "if True:"),
    Mutant(
        "access/predicate.py",
        "self.rights.among(columns, self._meeting(columns, slice(None)))",
        "self._meeting(columns, slice(None))",
    ),
    Mutant("access/predicate.py", "few[self._meeting(columns, columns.entry_of[few])]", "few"),
    Mutant("access/control.py", "np.flatnonzero(allowed).astype", "np.arange(len(allowed)).astype"),
    Mutant("access/control.py", "if reach.resources is not columns.resources or ", "if "),
    Mutant("access/control.py", "reach.rows[: np.searchsorted(reach.rows, total)]", "reach.rows"),
    Mutant("access/predicate.py", "all(self.rights.allows(resource) for resource in record.resources)", "True"),
    Mutant("access/predicate.py", "all(self.rights.allows(resource)", "any(self.rights.allows(resource)"),
    Mutant(
        "domain/callers.py",
        "return all(permission in principal.permissions",
        "return any(permission in principal.permissions",
    ),
    Mutant("domain/callers.py", "[sorted(principal.groups), ", "["),
    Mutant("domain/callers.py", "                sorted(principal.attributes.items()),\n", ""),
    Mutant("domain/callers.py", "else (self, *self.on_behalf_of.principals)", "else (self,)"),
    # Masks
    Mutant(
        "access/masking/policy.py",
        "return all(\n            not set(self.roles)",
        "return any(\n            not set(self.roles)",
    ),
    Mutant("access/masking/policy.py", "not set(self.roles).isdisjoint(who.roles) or ", ""),
    Mutant("access/masking/policy.py", " or not set(self.groups).isdisjoint(who.groups)", ""),
    Mutant("access/masking/masking.py", "(not rule.collections or collection in rule.collections) and ", ""),
    Mutant("access/masking/masking.py", " and not rule.exempt.covers(caller)", ""),
    Mutant("access/masking/masking.py", "if self.policy.caller_passages else passages", ""),
    Mutant("access/masking/masking.py", "if name in rule.field_names:", "if False:"),
    Mutant("access/masking/masking.py", "if masked.value and edited.touches(field.passage_span):", "if False:"),
    Mutant("access/masking/masking.py", "edited.read(value) if edited.touches(value) else text", "text"),
    Mutant("access/masking/masking.py", "for kind, span in searchable.find(rule.detect):", "for kind, span in ():"),
    Mutant("access/masking/masking.py", "for field in find_fields(rule.field_names, text):", "for field in ():"),
    Mutant(
        "access/masking/masking.py",
        "return not rule.field_names.isdisjoint(map(field_name, heading_path))",
        "return False",
    ),
    Mutant("access/masking/masking.py", "title=self._short(rules, tenant, attributes.title)", "title=attributes.title"),
    Mutant("access/masking/masking.py", "metadata=metadata)", "metadata=attributes.metadata)"),
    Mutant("access/masking/masking.py", "if not content_hash or not self._rules(caller, collection):", "if True:"),
    Mutant(
        "access/masking/masking.py",
        "collection, document_id, str(version), content_hash))",
        "collection, content_hash))",
    ),
    Mutant(
        "access/masking/masking.py",
        "hmac.new(self.secret, message, hashlib.sha256).hexdigest()\n\n",
        "hashlib.sha256(message).hexdigest()\n\n",
    ),
    Mutant("access/masking/masking.py", '"\\0".join((tenant, what, spelled))', '"\\0".join((what, spelled))'),
    # Tokens and their keys
    Mutant("access/tokens.py", "if algorithm not in self._rules.algorithms:", "if False:"),
    Mutant("access/tokens.py", "audience=audience,", 'audience=["groundwire", "other"],'),
    Mutant("access/tokens.py", "issuer=self._rules.issuer,", ""),
    Mutant("access/tokens.py", '["exp", "iss", "aud", "sub", *required]', "[*required]"),
    Mutant("access/tokens.py", '["exp", "iss", "aud", "sub", *required]', '["exp", "iss", "aud", "sub"]'),
    Mutant("access/tokens.py", 'if self._rules.on_behalf_audience in claims["aud"]:', "if False:"),
    Mutant("access/tokens.py", 'self._rules.on_behalf_audience, "iat"', 'self._rules.audience, "iat"'),
    Mutant("access/tokens.py", 'return f"{self.audience}/on-behalf-of"', "return self.audience"),
    Mutant("access/tokens.py", 'if _text(claims, "azp") != application.subject:', "if False:"),
    Mutant("access/tokens.py", "if verified.caller.tenant != application.tenant:", "if False:"),
    Mutant("access/tokens.py", "> LONGEST_ON_BEHALF:", "> 10 * LONGEST_ON_BEHALF * LONGEST_ON_BEHALF:"),
    Mutant(
        "access/tokens.py", 'if not self._spent.spend(_text(claims, "jti"), verified.expires).result():', "if False:"
    ),
    Mutant("access/tokens.py", "verified.expires).result():", "verified.expires):"),
    Mutant("stores/spent.py", ".rowcount == 1", ".rowcount >= 0"),
    Mutant("stores/spent.py", "transaction.now - KEPT_LONGER", "transaction.now + KEPT_LONGER"),
    Mutant("access/tokens.py", "if group != EVERY_GROUP", ""),
    Mutant("access/tokens.py", " and self._keys.get(known.kid) is known.key", ""),
    Mutant("access/tokens.py", "if self._now() >= known.expires:", "if False:"),
    Mutant("access/tokens.py", "or not 0 <= value <= HIGHEST_CLEARANCE", ""),
    Mutant("access/keys.py", 'if entry.get("kty") not in _ASYMMETRIC:', "if False:"),
    Mutant("access/keys.py", 'if "d" in entry:', "if False:"),
    Mutant("access/keys.py", 'entry["kty"] == "RSA" and size < _SMALLEST_RSA', "False"),
    Mutant("access/keys.py", "if self._clock() - self._tried_at < FETCH_AT_MOST_EVERY:", "if False:"),
    Mutant("access/keys.py", " or now - self._fetched_at >= FETCH_AT_LEAST_EVERY", ""),
    # Clients, certificates, and whom they act for
    Mutant("access/clients.py", "client is None or not any(matches)", "client is None"),
    Mutant("access/clients.py", "expires is not None and datetime", "False and datetime"),
    Mutant(
        "access/clients.py", "if client.certificate and client.certificate in names", "if client.certificate in names"
    ),
    Mutant("access/clients.py", "if len(found) != 1:", "if not found:"),
    Mutant("access/identities.py", "if not same_region(region, kept):", "if False:"),
    Mutant("access/identities.py", "caller = replace(caller, on_behalf_of=", "replace(caller, on_behalf_of="),
    Mutant("access/identities.py", "else replace(caller, region=tenants_region)", "else caller"),
    Mutant("access/credentials.py", "if credentials.on_behalf_of:", "if False:"),
    Mutant("access/watched.py", "if state != self._state:", "if False:"),
    # Every call, and every use case
    Mutant("rpc/identity.py", "if not caller.may(required):", "if False:"),
    Mutant("rpc/identity.py", "if len(values) > 1:", "if False:"),
    Mutant("rpc/permissions.py", "    if missing:\n", "    if False:\n"),
    Mutant("usecases/documents.py", "if attributes is None or not allowed:", "if attributes is None:"),
    Mutant("usecases/documents.py", "if not _visible(document.version, rights):", "if False:"),
    Mutant("usecases/documents.py", "for version in some if _visible(version, rights)]", "for version in some]"),
    Mutant("usecases/documents.py", "self.access.rights(caller, Action.DELETE).allows", "lambda _: True"),
    Mutant("usecases/drafting.py", "else (stored.attributes,)", "else ()"),
    Mutant("usecases/drafting.py", "if not same_region(region, kept):", "if False:"),
    Mutant(
        "usecases/review.py", "if not _visible([case], documents, access.rights(caller, Action.REVIEW)):", "if False:"
    ),
    Mutant("usecases/review.py", "found += _visible(some, self.documents, rights)", "found += some"),
    Mutant(
        "usecases/review.py",
        "        _seen(self.cases, self.documents, self.access, caller, case_id)\n        if",
        "        if",
    ),
    Mutant("usecases/review.py", "versions = (passage.attributes, *present)", "versions = (passage.attributes,)"),
    Mutant("usecases/review.py", "versions = (passage.attributes, *present)", "versions = present"),
    Mutant("usecases/review.py", "if caller != LOCAL_CALLER:", "if False:"),
    Mutant("stores/documents.py", "if not current or not all(may(", "if not current or not all(bool("),
    Mutant("stores/index/tenant.py", " if allowed is None else allowed\n        missing", "\n        missing"),
)
