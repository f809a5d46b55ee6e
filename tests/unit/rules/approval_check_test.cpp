#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "unit/rules/check_fixture.h"

namespace merlon::test {
namespace {

using ApprovalReports = std::vector<std::string>;

ApprovalReports rules_of(std::string_view check, const std::string& json,
                         std::string_view format = "test", std::string_view file = "test.json") {
  ApprovalReports out;
  for (const std::string& report : run_check(check, json, format, file)) {
    out.push_back(report.substr(0, report.find(' ')));
  }
  return out;
}

std::string server(const std::string& rest) {
  return R"({"mcpServers":{"s":{"command":"x",)" + rest + "}}}";
}
std::string allow(const std::string& rule) {
  return R"({"permissions":{"allow":[")" + rule + "\"]}}";
}

}  // namespace

TEST_CASE("auto-approve: keys of a server") {
  CHECK(
      run_check("auto-approve", server("\"trust\":true")) ==
      ApprovalReports{"approve-trusted-server @/mcpServers/s/trust: no call of `s` is confirmed"});
  CHECK(rules_of("auto-approve", server(R"("alwaysAllow":["*"])")) ==
        ApprovalReports{"approve-by-default"});
  CHECK(rules_of("auto-approve", server(R"("autoApprove":["read"])")) ==
        ApprovalReports{"approve-listed-tools"});
  CHECK(rules_of("auto-approve", server(R"("default_tools_approval_mode":"approve")")) ==
        ApprovalReports{"approve-by-default"});
  CHECK(rules_of("auto-approve", server(R"("tools":{"a":{"approval_mode":"approve"}})")) ==
        ApprovalReports{"approve-listed-tools"});
  CHECK(
      run_check("auto-approve",
                server(R"("trust":false,"alwaysAllow":[],"default_tools_approval_mode":"prompt")"))
          .empty());
}

TEST_CASE("auto-approve: settings of a client, also below its projects") {
  CHECK(rules_of("auto-approve", R"({"enableAllProjectMcpServers":true})") ==
        ApprovalReports{"approve-project-servers"});
  CHECK(rules_of("auto-approve", R"({"projects":{"/a":{"enableAllProjectMcpServers":true}}})") ==
        ApprovalReports{"approve-project-servers"});
  CHECK(rules_of("auto-approve", R"({"permissions":{"defaultMode":"bypassPermissions"}})") ==
        ApprovalReports{"approve-everything"});
  CHECK(rules_of("auto-approve", R"({"GOOSE_MODE":"auto"})") ==
        ApprovalReports{"approve-everything"});
  CHECK(rules_of("auto-approve", R"({"allowedTools":["@fs/read_*"]})").empty());
  CHECK(rules_of("auto-approve", R"({"allowedTools":["@fs"]})") ==
        ApprovalReports{"approve-by-default"});
}

TEST_CASE("auto-approve: a parameter of a tool that is called like a setting is none") {
  CHECK(run_check(
            "auto-approve",
            R"({"tools":[{"name":"a","inputSchema":{"properties":{"trust":{"default":true}}}}]})")
            .empty());
}

TEST_CASE("agent permissions: every command, or a program that runs anything") {
  for (const std::string rule :
       {"Bash", "Bash(*)", "Bash(:*)", "*", "Bash(python3 *)", "Bash(npx:*)", "Shell(**)"}) {
    CAPTURE(rule);
    CHECK(rules_of("agent-permissions", allow(rule)) ==
          ApprovalReports{"agent-permission-wildcard"});
  }
  for (const std::string rule :
       {"WebFetch(domain:*)", "Write(//**)", "Bash(curl *)", "Bash(curl:*)"}) {
    CAPTURE(rule);
    CHECK(rules_of("agent-permissions", allow(rule)) == ApprovalReports{"agent-permission-wide"});
  }
  for (const std::string rule :
       {"Bash(npm test)", "Bash(git diff *)", "Read", "WebFetch(domain:a.example)", "mcp__fs__read",
        "Edit(src/**)", "Write"}) {
    CAPTURE(rule);
    CHECK(rules_of("agent-permissions", allow(rule)).empty());
  }
}

TEST_CASE("agent permissions: what is denied or asked for is no permission") {
  CHECK(run_check("agent-permissions", R"j({"permissions":{"deny":["Bash(*)"],"ask":["Bash"]}})j")
            .empty());
}

TEST_CASE("agent permissions: tools of a skill, in a string or a list") {
  const auto skill = [](const std::string& tools) {
    return rules_of("agent-permissions", "{\"allowed-tools\":" + tools + "}");
  };
  CHECK(skill(R"j("Read, Bash(*)")j") == ApprovalReports{"skill-tools-wildcard"});
  CHECK(skill(R"j("Bash Read")j") == ApprovalReports{"skill-tools-wildcard"});
  CHECK(skill(R"j(["Bash"])j") == ApprovalReports{"skill-tools-wildcard"});
  CHECK(skill(R"j("Read Bash(qpdf *) Bash(git log *)")j").empty());
}

TEST_CASE("agent permissions: folders, helpers and hooks") {
  CHECK(rules_of("agent-permissions",
                 R"({"permissions":{"additionalDirectories":["~/.ssh","../docs"]}})") ==
        ApprovalReports{"agent-wide-folder"});
  CHECK(rules_of("agent-permissions", R"({"apiKeyHelper":"./key.sh"})") ==
        ApprovalReports{"agent-helper-command"});
  CHECK(rules_of("agent-permissions", server(R"("headersHelper":"./h.sh")")) ==
        ApprovalReports{"agent-helper-command"});
  CHECK(rules_of("agent-permissions",
                 R"({"hooks":{"Stop":[{"hooks":[{"type":"command","command":"x"}]}]}})") ==
        ApprovalReports{"agent-hooks"});
}

TEST_CASE("oauth scopes: everything, in a list or a string") {
  CHECK(rules_of("oauth-scopes", server(R"("scopes":["a:read","*"])")) ==
        ApprovalReports{"oauth-wide-scope"});
  CHECK(rules_of("oauth-scopes", server(R"("oauth":{"scopes":"a:read Admin"})")) ==
        ApprovalReports{"oauth-wide-scope"});
  CHECK(rules_of("oauth-scopes", server(R"("scopes":["a:read","administration:read"])")).empty());
}

TEST_CASE("registry entry: names, versions and digests") {
  const auto entry = [](const std::string& rest) {
    return rules_of("registry-entry",
                    R"({"name":"io.github.ann/weather","version":"1.0.0")" + rest + "}",
                    "registry-server");
  };
  CHECK(entry("").empty());
  CHECK(rules_of("registry-entry", R"({"name":"weather","version":"latest"})", "registry-server") ==
        ApprovalReports{"registry-name", "registry-version-range"});
  CHECK(
      entry(R"(,"packages":[{"registryType":"mcpb","identifier":"https://h.example/mcp.mcpb"}])") ==
      ApprovalReports{"registry-file-digest"});
  CHECK(entry(R"(,"packages":[{"registry_type":"mcpb","identifier":"x","file_sha256":"abc"}])") ==
        ApprovalReports{"registry-file-digest"});
  CHECK(entry(R"(,"packages":[{"registryType":"oci","identifier":"ghcr.io/a/b:1.0.0"}])").empty());
  CHECK(entry(R"(,"packages":[{"registryType":"oci","identifier":"ghcr.io:443/a/b"}])") ==
        ApprovalReports{"registry-version-range"});
  CHECK(rules_of("registry-entry", R"({"name":"weather"})", "other").empty());
}

TEST_CASE("bundle manifest: entry points outside, secrets that are not sensitive") {
  const auto bundle = [](const std::string& entry, const std::string& option) {
    return rules_of("bundle-manifest",
                    R"({"server":{"entry_point":")" + entry +
                        R"("},"user_config":{"api_key":{"type":"string")" + option + "}}}",
                    "mcpb-manifest");
  };
  CHECK(bundle("server/index.js", R"(,"sensitive":true)").empty());
  CHECK(bundle("../x.js", R"(,"sensitive":true)") == ApprovalReports{"bundle-entry-outside"});
  CHECK(bundle("/usr/bin/x", R"(,"sensitive":true)") == ApprovalReports{"bundle-entry-outside"});
  CHECK(bundle("server/index.js", "") == ApprovalReports{"bundle-secret-not-sensitive"});
}

TEST_CASE("docker entry: a full commit, and nothing to say without a source") {
  const auto entry = [](const std::string& source) {
    return rules_of("docker-entry", R"({"source":{)" + source + "}}", "docker-server");
  };
  CHECK(entry(R"("commit":"0123456789abcdef0123456789abcdef01234567")").empty());
  CHECK(entry(R"("commit":"0123456")") == ApprovalReports{"docker-source-not-pinned"});
  CHECK(entry(R"("branch":"main")") == ApprovalReports{"docker-source-not-pinned"});
  CHECK(entry(R"("project":"x")").empty());
}

TEST_CASE("agent card: signature and schemes") {
  CHECK(rules_of("agent-card", R"({"name":"a"})", "a2a-agent-card") ==
        ApprovalReports{"agent-card-unsigned", "agent-card-open"});
  CHECK(rules_of("agent-card", R"({"name":"a","signatures":[{}],"securitySchemes":{"x":{}}})",
                 "a2a-agent-card")
            .empty());
}

TEST_CASE("skill: names equal their folders") {
  std::vector<Manifest> manifests;
  const auto skill = [](const std::string& name, const std::string& file) {
    Manifest manifest =
        manifest_of("{\"name\":\"" + name + "\",\"description\":\"d\"}", "skill", file);
    manifest.items.push_back({.kind = ItemKind::kSkill,
                              .node = 0,
                              .name = *manifest.document.find(0, "name"),
                              .description = *manifest.document.find(0, "description")});
    std::vector<Manifest> all;
    all.push_back(std::move(manifest));
    return run_check("skill-front-matter", all);
  };
  CHECK(skill("run-checks", "a/run-checks/SKILL.md").empty());
  CHECK(skill("run-checks", "SKILL.md").empty());
  CHECK(skill("run-checks", "bundle.zip!run-checks/SKILL.md").empty());
  CHECK(skill("run-checks", "a/other/SKILL.md") ==
        ApprovalReports{"skill-name @/name: the skill `run-checks` stands in the folder `other`"});
  CHECK(
      skill("Run Checks", "a/x/SKILL.md") ==
      ApprovalReports{"skill-name @/name: `Run Checks` is no name of a skill: lower-case letters, "
                      "digits and single hyphens"});
}

}  // namespace merlon::test
