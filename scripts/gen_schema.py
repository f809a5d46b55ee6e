#!/usr/bin/env python3
"""JSON Schemas of policies and rules for editors (Taplo, Even Better TOML), made of the tables of the readers.

    scripts/gen_schema.py --write          writes docs/schema/*.schema.json
    scripts/gen_schema.py --check          the committed files are these; all shipped files validate, and what the readers
                                           refuse by its shape does not (what tests run)

Keys and words are read from the sources, so that a schema cannot know less or more than its reader. Tables that guards read
(`[guard.config]`, sections of policies) are left open: `merlon policy check` says what is wrong with them.
"""
import json
import pathlib
import re
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "schema"
DRAFT = "http://json-schema.org/draft-07/schema#"


def words(path, name):
    """The texts of `constexpr std::array<std::string_view, N> NAME{...}`."""
    text = (ROOT / path).read_text(encoding="utf-8")
    found = re.search(rf"std::array<std::string_view, \d+>\s+{name}\{{(.*?)\}}", text, re.S)
    if not found:
        sys.exit(f"gen_schema: {path} has no table {name}")
    return re.findall(r'"([^"]*)"', found.group(1))


def rows(path, name, kind):
    """The first text of each row of a registry."""
    text = (ROOT / path).read_text(encoding="utf-8")
    found = re.search(rf"std::array\s+{name}\{{(.*?)\n\}};", text, re.S)
    if not found:
        sys.exit(f"gen_schema: {path} has no table {name}")
    return re.findall(rf'{kind}\{{\s*(?:\.name = )?"([^"]+)"', found.group(1))


TEXT, NUMBER, BOOLEAN = {"type": "string"}, {"type": "integer", "minimum": 0}, {"type": "boolean"}
TEXTS = {"type": "array", "items": TEXT}
OPEN = {"type": "object"}


def table(keys, types, required=()):
    """A closed table: every key of the reader, with what is known about its value."""
    unknown = sorted(set(types) - set(keys))
    if unknown:
        sys.exit(f"gen_schema: the reader does not know {unknown}")
    return {"type": "object", "additionalProperties": False, "properties": {key: types.get(key, {}) for key in keys},
            **({"required": list(required)} if required else {})}


def word(choices):
    return {"enum": choices}


def policy_schema():
    reader = "lib/policy/policy_reader.cpp"
    on_error = word(words(reader, "kOnErrorWords"))
    guard = table(words(reader, "kGuardKeys"),
                  {"id": TEXT, "type": word(rows("lib/guard/guard_registry.cpp", "kGuardKinds", "GuardKind")), "priority": NUMBER, "runs_on": TEXTS,
                   "timeout_ms": NUMBER, "on_error": on_error, "enabled": BOOLEAN, "shadow": BOOLEAN, "config": OPEN})
    tool = table(words(reader, "kToolKeys"),
                 {"tool": TEXT, "server": TEXT, "decision": word(words(reader, "kDecisionWords")), "tier": TEXT, "hidden": BOOLEAN,
                  "capabilities": TEXTS, "reason": TEXT, "argument": {"type": "array", "items": OPEN}, "rate": {}}, ["tool"])
    defaults = table(words(reader, "kDefaultsKeys"),
                     {"unlisted_tool": word(words(reader, "kUnlistedWords")), "on_error": on_error, "timeout_ms": NUMBER})
    lists = {"guard": {"type": "array", "items": guard}, "tool": {"type": "array", "items": tool}, "defaults": defaults, "description": TEXT}
    tenant = table(words(reader, "kTenantKeys"), dict(lists))
    return {"$schema": DRAFT, "title": "Merlon policy",
            **table(words(reader, "kPolicyKeys"),
                    {"format": {"enum": [1]}, "name": TEXT, "version": NUMBER, "extends": {}, "mode": word(words(reader, "kModeWords")),
                     "shadow_share": {"type": "number"}, "tenant_required": BOOLEAN,
                     "tenant": {"type": "object", "additionalProperties": tenant}, **lists}, ["format", "name"])}


def rule_schema():
    loader, match = "lib/rules/rule_loader.cpp", "lib/rules/rule_loader_match.cpp"
    example = {"type": "array", "items": table(words(loader, "kExampleKeys"), {"surface": TEXT, "file": TEXT})}
    matcher = {"type": "array", "items": table(words(match, "kMatcherKeys"), {"phrase": TEXT, "pattern": TEXT, "detector": TEXT})}
    clause = table(words(match, "kMatchKeys"), {"near": NUMBER, "any": matcher, "all": matcher, "none": matcher, "phrases": TEXTS})
    return {"$schema": DRAFT, "title": "Merlon rule",
            **table(words(loader, "kRuleKeys"),
                    {"format": {"enum": [1]}, "id": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}, "title": TEXT, "message": TEXT,
                     "severity": word(["info", "low", "medium", "high", "critical"]), "tier": word(["hard", "soft"]), "score": NUMBER,
                     "surfaces": TEXTS, "description": TEXT, "remedy": TEXT, "references": TEXTS, "secret": BOOLEAN, "check": TEXT,
                     "match": clause, "bad": example, "good": example},
                    ["format", "id", "title", "severity", "tier", "description", "remedy"])}


KINDS = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}


def problems(schema, value, place=""):
    """What is wrong with a value by the keywords that are used here."""
    kind = schema.get("type")
    if kind and (not isinstance(value, KINDS[kind]) or (kind in ("integer", "number") and isinstance(value, bool))):
        yield f"{place}: not of type {kind}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place}: {value!r} is not one of {schema['enum']}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{place}: {value!r} does not match"
    if "minimum" in schema and value < schema["minimum"]:
        yield f"{place}: below {schema['minimum']}"
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from problems(schema.get("items", {}), item, f"{place}/{index}")
    if isinstance(value, dict):
        for key in schema.get("required", []):
            if key not in value:
                yield f"{place}: `{key}` is missing"
        for key, item in value.items():
            inner = schema.get("properties", {}).get(key, schema.get("additionalProperties", {}))
            if inner is False:
                yield f"{place}: `{key}` is not known"
            else:
                yield from problems(inner, item, f"{place}/{key}")


# Wrong by their shape: a schema that takes one of them is no help.
WRONG_POLICIES = ['name = "x"', 'format = 1', 'format = 2\nname = "x"', 'format = 1\nname = "x"\nmod = "shadow"',
                  'format = 1\nname = "x"\nmode = "off"', 'format = 1\nname = 3', 'format = 1\nname = "x"\n[[guard]]\ntype = "arguements"',
                  'format = 1\nname = "x"\n[[guard]]\ntype = "secrets"\nprio = 3', 'format = 1\nname = "x"\n[[tool]]\ndecision = "allow"',
                  'format = 1\nname = "x"\n[[tool]]\ntool = "a"\ndecision = "modify"', 'format = 1\nname = "x"\n[defaults]\nunlisted_tool = "warn"',
                  'format = 1\nname = "x"\n[tenant.a]\nname = "b"']
# Errors of rules that stand in their shape; the others (unknown surfaces, patterns that do not compile, ...) the loader finds.
SHAPE_ERRORS = re.compile(r"error\[bad-rule\]: (unknown key|`[a-z_]+` is missing|`id` is missing)")


def check():
    failures = []
    for name, schema in SCHEMAS.items():
        if (PAGES / name).read_text(encoding="utf-8") != render(schema):
            failures.append(f"docs/schema/{name}: run scripts/gen_schema.py --write")
    policies = [p for p in sorted((ROOT / "policies").rglob("*.toml")) if not p.name.endswith(".test.toml")]
    rules = [p for p in sorted((ROOT / "rules").rglob("*.toml")) if p.name != "pack.toml"]
    for schema, paths in ((POLICY, policies), (RULE, rules)):
        for path in paths:
            failures += [f"{path.relative_to(ROOT)}{text}" for text in problems(schema, tomllib.loads(path.read_text(encoding="utf-8")))]
    failures += [f"taken, but wrong: {text!r}" for text in WRONG_POLICIES if not list(problems(POLICY, tomllib.loads(text)))]
    refused = 0
    for path in sorted((ROOT / "testdata" / "errors" / "rules").glob("*.toml")):
        said = path.with_suffix(".err")
        if not said.exists() or not SHAPE_ERRORS.search(said.read_text(encoding="utf-8")):
            continue
        refused += 1
        if not list(problems(RULE, tomllib.loads(path.read_text(encoding="utf-8")))):
            failures.append(f"taken, but wrong: {path.relative_to(ROOT)}")
    print("\n".join(failures) if failures else
          f"schema: {len(policies)} policies and {len(rules)} rules validate, {len(WRONG_POLICIES)} and {refused} wrong ones do not")
    return 1 if failures or not policies or not rules else 0


def render(schema):
    return json.dumps(schema, indent=1) + "\n"


POLICY, RULE = policy_schema(), rule_schema()
SCHEMAS = {"policy.schema.json": POLICY, "rule.schema.json": RULE}

if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGES.mkdir(parents=True, exist_ok=True)
        for file, content in SCHEMAS.items():
            (PAGES / file).write_text(render(content), encoding="utf-8")
    elif sys.argv[1:] == ["--check"]:
        sys.exit(check())
    else:
        sys.exit(__doc__)
