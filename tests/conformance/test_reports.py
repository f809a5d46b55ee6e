#!/usr/bin/env python3
"""The reports of testdata/reports, which the unit tests hold equal to what the writers write, against published schemas and
the readers of others: JSON Schema, SARIF's schema, Microsoft's SARIF validator, expat, GitHub's Markdown renderer."""
import html.parser
import json
import pathlib
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
REPORTS = ROOT / "testdata/reports"
sys.path.insert(0, str(ROOT / "scripts"))
import check_sarif  # noqa: E402

RENDER = """
import sys, cmarkgfm
from cmarkgfm.cmark import Options
for name in sys.argv[1:]:
    text = open(name, encoding="utf-8").read()
    # Raw HTML is passed on, so that what the writer let through is seen.
    print(cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE))
    print("<end/>")
"""


def reports(extension):
    found = sorted(REPORTS.glob("*." + extension))
    assert len(found) >= 5, extension
    return found


def golden(marker):
    """Reports that the program wrote in the golden cases, on standard output or into files."""
    places = [*ROOT.glob("testdata/golden/*/*/stdout"), *ROOT.glob("testdata/golden/*/*/expected/**/*")]
    found = sorted(p for p in places if p.is_file() and marker in p.read_text(encoding="utf-8", errors="replace")[:200])
    assert found, marker
    return found


class Elements(html.parser.HTMLParser):
    """Names and attributes of all elements, and the text outside of code."""

    def __init__(self):
        super().__init__()
        self.seen, self.prose, self.code = set(), [], 0

    def handle_starttag(self, tag, attrs):
        self.seen.add((tag, tuple(sorted(name for name, _ in attrs))))
        self.code += tag in ("code", "pre")

    def handle_endtag(self, tag):
        self.code -= tag in ("code", "pre")

    def handle_comment(self, data):
        self.seen.add(("comment", ()))

    def handle_data(self, data):
        if self.code == 0:
            self.prose.append(data)


class Reports(unittest.TestCase):
    def need(self, name, check):
        try:
            return check()
        except check_sarif.NotRun as reason:
            print(f"not-run: {name}: {reason}")
            self.skipTest(str(reason))

    def test_json_reports_agree_with_the_published_schema(self):
        schema = ROOT / "docs/spec/report.schema.json"
        self.assertEqual([], self.need("report-schema", lambda: check_sarif.schema_problems(schema, reports("json") + golden('"merlon-report"'))))

    def test_the_published_schema_notices_a_missing_a_wrong_and_an_unknown_key(self):
        schema = ROOT / "docs/spec/report.schema.json"
        report = json.loads((REPORTS / "sample.json").read_text(encoding="utf-8"))
        del report["tool"]
        report["findings"][0]["line"] = 0
        report["findings"][1]["surprise"] = 1
        broken = pathlib.Path(self.enterContext(__import__("tempfile").TemporaryDirectory())) / "broken.json"
        broken.write_text(json.dumps(report), encoding="utf-8")
        problems = self.need("report-schema", lambda: check_sarif.schema_problems(schema, [broken]))
        self.assertEqual(3, len(problems), problems)

    def test_sarif_reports_agree_with_the_schema_of_sarif(self):
        self.assertEqual([], self.need("sarif-schema", lambda: check_sarif.sarif_schema_problems(reports("sarif") + golden("sarif-2.1.0.json"))))

    def test_sarif_reports_pass_the_validator_of_microsoft_with_the_rules_for_github(self):
        self.assertEqual([], self.need("sarif-multitool", lambda: check_sarif.multitool_problems(reports("sarif") + golden("sarif-2.1.0.json"))))

    def test_sarif_indexes_lead_to_what_they_name(self):
        for name in reports("sarif") + golden("sarif-2.1.0.json"):
            run = json.loads(name.read_text(encoding="utf-8"))["runs"][0]
            rules = run["tool"]["driver"]["rules"]
            for result in run["results"]:
                self.assertEqual(result["ruleId"], rules[result["ruleIndex"]]["id"])
                place = result["locations"][0]["physicalLocation"]["artifactLocation"]
                self.assertEqual(place, run["artifacts"][place["index"]]["location"])
            for rule in rules:
                for relation in rule.get("relationships", []):
                    component = relation["target"]["toolComponent"]
                    taxonomy = run["taxonomies"][component["index"]]
                    self.assertEqual(component["name"], taxonomy["name"])
                    self.assertEqual(relation["target"]["id"], taxonomy["taxa"][relation["target"]["index"]]["id"])

    def test_junit_reports_are_xml_and_their_counts_are_right(self):
        for name in reports("xml") + golden("<testsuites"):
            root = ElementTree.parse(name).getroot()
            self.assertEqual("testsuites", root.tag)
            for element in [root, *root.iter("testsuite")]:
                counted = {
                    "tests": len(list(element.iter("testcase"))),
                    "failures": len(list(element.iter("failure"))),
                    "errors": len(list(element.iter("error"))),
                    "skipped": len(list(element.iter("skipped"))),
                }
                self.assertEqual({key: str(value) for key, value in counted.items()},
                                 {key: element.get(key) for key in counted}, element.get("name"))

    def test_markdown_reports_render_to_tables_and_code_only(self):
        def render():
            python = check_sarif.python_with("cmarkgfm")
            return subprocess.run([python, "-c", RENDER, *map(str, reports("md"))], capture_output=True, text=True, check=True).stdout

        pages = self.need("markdown-renderer", render).split("<end/>\n")[:-1]
        self.assertEqual(len(reports("md")), len(pages))
        allowed = {(tag, ()) for tag in ("h3", "p", "table", "thead", "tbody", "tr", "th", "td", "strong", "code", "pre",
                                         "ul", "li", "details", "summary", "br")} | {("pre", ("lang",)), ("code", ("class",))}
        for name, page in zip(reports("md"), pages):
            elements = Elements()
            elements.feed(page)
            self.assertEqual(set(), elements.seen - allowed, name)
            self.assertEqual(0, elements.code, name)
            prose = "".join(elements.prose)
            for sign in ("@", "#", "http", "www.", "![", "<"):
                self.assertNotIn(sign, prose, name)

    def test_markdown_tables_have_four_cells_in_each_row(self):
        def render():
            python = check_sarif.python_with("cmarkgfm")
            return subprocess.run([python, "-c", RENDER, str(REPORTS / "hostile.md")], capture_output=True, text=True, check=True).stdout

        page = self.need("markdown-renderer", render)
        report = json.loads((REPORTS / "hostile.json").read_text(encoding="utf-8"))
        rows = page.split("<tbody>")[1].split("</tbody>")[0].count("<tr>")
        self.assertEqual(report["summary"]["findings"], rows)
        self.assertEqual(4 * rows, page.count("<td>"))


if __name__ == "__main__":
    unittest.main()
