#include "capture/client.h"

#include <doctest/doctest.h>

#include "unit/capture/scripted_channel.h"

using namespace merlon;
using namespace merlon::test;

namespace {

const std::string kDiscovered =
    R"({"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{"tools":{}}})";
const std::string kInitialized =
    R"({"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"}})";

std::vector<std::string> names(const EraSurface& surface) {
  std::vector<std::string> out;
  for (const Definition& definition : surface.list(ListKind::kTools)) {
    out.push_back(definition.name);
  }
  return out;
}

struct Shown {
  std::vector<std::string> eras;
  std::vector<std::string> notes;
  std::string failure;
};

Shown shown(const CaptureOutcome& outcome) {
  Shown out;
  for (const EraSurface& surface : outcome.eras) {
    out.eras.push_back(std::string(to_string(surface.era)) + " " + surface.protocol_version);
  }
  for (const CaptureNote& note : outcome.notes) {
    if (note.message.find("capability") == std::string::npos) {
      out.notes.push_back((note.incomplete ? "! " : "") + note.message);
    }
  }
  out.failure = outcome.failure ? render(*outcome.failure) : "";
  return out;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE(
    "capture: a dual-era server is asked twice, each time in a fresh process, and both are ended") {
  WaitingClock clock;
  ScriptedConnector connector(clock, [](const std::string& line) -> Lines {
    if (asks(line, "server/discover")) {
      return {result(line, kDiscovered)};
    }
    if (asks(line, "initialize")) {
      return {result(line, kInitialized)};
    }
    if (asks(line, "tools/list")) {
      const bool modern = line.find("protocolVersion") != std::string::npos;
      return {
          result(line, modern ? R"({"tools":[{"name":"new"}]})" : R"({"tools":[{"name":"old"}]})")};
    }
    return {};
  });
  const CaptureOutcome outcome = capture_server(connector, CaptureOptions{}, clock);
  REQUIRE(outcome.eras.size() == 2);
  CHECK(names(outcome.eras[0]) == Lines{"new"});
  CHECK(names(outcome.eras[1]) == Lines{"old"});
  CHECK(outcome.eras[1].server_info == R"({"name":"s","version":"1"})");
  CHECK(outcome.complete());
  REQUIRE(connector.records.size() == 2);
  const std::string meta =
      R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":)"
      R"({"name":"merlon","version":"0"},"io.modelcontextprotocol/clientCapabilities":{"roots":{},"sampling":{},"elicitation":{}}})";
  CHECK(connector.records[0]->received ==
        Lines{R"({"jsonrpc":"2.0","id":1,"method":"server/discover","params":{)" + meta + "}}",
              R"({"jsonrpc":"2.0","id":2,"method":"tools/list","params":{)" + meta + "}}"});
  CHECK(
      connector.records[1]->received ==
      Lines{
          R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"roots":{},"sampling":{},"elicitation":{}},)"
          R"("clientInfo":{"name":"merlon","version":"0"}}})",
          R"({"jsonrpc":"2.0","method":"notifications/initialized"})",
          R"({"jsonrpc":"2.0","id":2,"method":"tools/list","params":{}})"});
  CHECK(connector.records[0]->closed);
  CHECK(connector.records[1]->closed);
}

TEST_CASE("capture: every error but -32022 on discover means legacy, and is no note") {
  for (const char* code : {"-32601", "-32600", "-32602", "-32000", "1", "-32021"}) {
    CAPTURE(std::string(code));
    WaitingClock clock;
    ScriptedConnector connector(clock, [&](const std::string& line) -> Lines {
      if (asks(line, "server/discover")) {
        return {error(line, code)};
      }
      if (asks(line, "initialize")) {
        return {result(line, kInitialized)};
      }
      return {result(line, R"({"tools":[]})")};
    });
    const Shown seen = shown(capture_server(connector, CaptureOptions{}, clock));
    CHECK(seen.eras == Lines{"legacy 2025-06-18"});
    CHECK(seen.notes == Lines{});
  }
}

TEST_CASE("capture: -32022 means modern, whatever the older client is told") {
  WaitingClock clock;
  ScriptedConnector connector(clock, [](const std::string& line) -> Lines {
    if (asks(line, "server/discover")) {
      return {error(line, "-32022")};
    }
    if (asks(line, "initialize")) {
      return {result(line, kInitialized)};
    }
    return {result(line, R"({"tools":[]})")};
  });
  const CaptureOutcome outcome = capture_server(connector, CaptureOptions{}, clock);
  CHECK(shown(outcome).eras == Lines{"legacy 2025-06-18"});
  CHECK(shown(outcome).notes == Lines{"! it speaks the modern era, but not revision 2026-07-28"});
  CHECK_FALSE(outcome.complete());
}

TEST_CASE("capture: a server that says nothing costs the start timeout and nothing else") {
  WaitingClock clock;
  const auto start = clock.at;
  ScriptedConnector connector(clock, [](const std::string&) -> Lines { return {}; });
  const CaptureOutcome outcome = capture_server(connector, CaptureOptions{}, clock);
  CHECK(shown(outcome).failure == "merlon: error[process]: the server said nothing for 120 s\n");
  CHECK(clock.at - start == std::chrono::seconds(120));
  CHECK(connector.records.size() == 1);
}

TEST_CASE("capture: a server that is talkative but never answers is left at the deadline") {
  WaitingClock clock;
  ScriptedConnector connector(clock, [&clock](const std::string&) -> Lines {
    clock.at += std::chrono::seconds(300);  // as if the noise had taken this long
    return Lines(1000, "noise");
  });
  CHECK(shown(capture_server(connector, CaptureOptions{}, clock)).failure ==
        "merlon: error[process]: the server said nothing for 120 s\n");
}

TEST_CASE("capture: stray answers, answers with other types of id and null ids are not taken") {
  WaitingClock clock;
  ScriptedConnector connector(clock, [](const std::string& line) -> Lines {
    if (asks(line, "server/discover")) {
      return {R"({"jsonrpc":"2.0","id":"1","result":{"supportedVersions":["2026-07-28"]}})",
              R"({"jsonrpc":"2.0","id":1.0,"result":{"supportedVersions":["2026-07-28"]}})",
              R"({"jsonrpc":"2.0","id":null,"result":{}})",
              R"({"jsonrpc":"2.0","id":99,"result":{}})",
              R"({"jsonrpc":"1.0","id":1,"result":{}})",
              error(line, "-32601")};
    }
    if (asks(line, "initialize")) {
      return {result(line, kInitialized)};
    }
    return {result(line, R"({"tools":[]})")};
  });
  const Shown seen = shown(capture_server(connector, CaptureOptions{}, clock));
  CHECK(seen.eras == Lines{"legacy 2025-06-18"});
  CHECK(seen.notes == Lines{"it sends answers to requests that were never made",
                            "standard output carries lines that are not messages"});
}

TEST_CASE(
    "capture: an answer that has `result` twice, or neither result nor error, is not trusted") {
  for (const char* members :
       {R"("result":{"tools":[]},"result":{"tools":[{"name":"x"}]})", R"("outcome":1)"}) {
    CAPTURE(std::string(members));
    WaitingClock clock;
    ScriptedConnector connector(clock, [&](const std::string& line) -> Lines {
      if (asks(line, "server/discover")) {
        return {error(line, "-32601")};
      }
      if (asks(line, "initialize")) {
        return {result(line, kInitialized)};
      }
      if (asks(line, "tools/list")) {
        return {R"({"jsonrpc":"2.0","id":)" + id_of(line) + "," + members + "}"};
      }
      return {};
    });
    const CaptureOutcome outcome = capture_server(connector, CaptureOptions{}, clock);
    CHECK_FALSE(outcome.complete());
    CHECK(names(outcome.eras.at(0)) == Lines{});
  }
}

TEST_CASE("capture: lists without a capability are not asked for, and that is a note") {
  WaitingClock clock;
  ScriptedConnector connector(clock, [](const std::string& line) -> Lines {
    if (asks(line, "server/discover")) {
      return {error(line, "-32601")};
    }
    if (asks(line, "initialize")) {
      return {result(line, R"({"protocolVersion":"2024-11-05","serverInfo":{}})")};
    }
    return {error(line, "-32603")};
  });
  const CaptureOutcome outcome = capture_server(connector, CaptureOptions{}, clock);
  CHECK(outcome.complete());
  CHECK(outcome.notes ==
        std::vector<CaptureNote>{
            {Era::kLegacy, "no `prompts` capability: `prompts/list` was not asked", false},
            {Era::kLegacy, "no `resources` capability: `resources/list` was not asked", false},
            {Era::kLegacy, "no `tools` capability: `tools/list` was not asked", false},
            {Era::kLegacy, "the server announces no capabilities", false}});
}

TEST_CASE(
    "capture: resources without templates are complete when the server knows no such method") {
  for (const auto& [code, complete] : {std::pair{"-32601", true}, std::pair{"-32603", false}}) {
    CAPTURE(std::string(code));
    WaitingClock clock;
    ScriptedConnector connector(clock, [&refusal = code](const std::string& line) -> Lines {
      if (asks(line, "server/discover")) {
        return {error(line, "-32601")};
      }
      if (asks(line, "initialize")) {
        return {
            result(line, R"({"protocolVersion":"2025-11-25","capabilities":{"resources":{}}})")};
      }
      if (asks(line, "resources/list")) {
        return {result(line, R"({"resources":[{"uri":"a:b"}]})")};
      }
      return {error(line, refusal)};
    });
    CHECK(capture_server(connector, CaptureOptions{}, clock).complete() == complete);
  }
}

TEST_CASE("capture: a cursor goes back byte for byte, and one that comes again ends the list") {
  WaitingClock clock;
  ScriptedConnector connector(clock, [](const std::string& line) -> Lines {
    if (asks(line, "server/discover")) {
      return {error(line, "-32601")};
    }
    if (asks(line, "initialize")) {
      return {result(line, kInitialized)};
    }
    if (asks(line, "tools/list")) {
      return {result(line, R"({"tools":[{"name":"t"}],"nextCursor":"a\/\ud800"})")};
    }
    return {};
  });
  const CaptureOutcome outcome = capture_server(connector, CaptureOptions{}, clock);
  CHECK(connector.records.at(1)->received.back() ==
        R"({"jsonrpc":"2.0","id":3,"method":"tools/list","params":{"cursor":"a\/\ud800"}})");
  CHECK(shown(outcome).notes ==
        Lines{"! `tools/list` does not end: it gave the same cursor twice"});
}

TEST_CASE("capture: a server that keeps asking is answered a thousand times and no more") {
  WaitingClock clock;
  ScriptedConnector connector(clock, [](const std::string& line) -> Lines {
    if (asks(line, "server/discover")) {
      return {error(line, "-32601")};
    }
    if (asks(line, "initialize")) {
      Lines out(5000, R"({"jsonrpc":"2.0","id":7,"method":"ping"})");
      out.push_back(result(line, kInitialized));
      return out;
    }
    if (asks(line, "tools/list")) {
      return {result(line, R"({"tools":[]})")};
    }
    return {};
  });
  const CaptureOutcome outcome = capture_server(connector, CaptureOptions{}, clock);
  CHECK(outcome.complete());
  // initialize, 1000 answers, initialized, tools/list
  CHECK(connector.records.at(1)->received.size() == 1003);
  CHECK(connector.records.at(1)->received.at(1) == R"({"jsonrpc":"2.0","id":7,"result":{}})");
}

TEST_CASE("capture: all lists of an era share one deadline") {
  WaitingClock clock;
  ScriptedConnector connector(clock, [&clock](const std::string& line) -> Lines {
    if (asks(line, "server/discover")) {
      return {error(line, "-32601")};
    }
    if (asks(line, "initialize")) {
      return {result(line, kInitialized)};
    }
    clock.at += std::chrono::seconds(20);  // each page takes this long
    return {result(line, R"({"tools":[{"name":"t"}],"nextCursor":")" + id_of(line) + "\"}")};
  });
  const CaptureOutcome outcome = capture_server(connector, CaptureOptions{}, clock);
  CHECK(names(outcome.eras.at(0)).size() == 5);  // 120 s hold five pages; the sixth comes too late
  CHECK(shown(outcome).notes ==
        Lines{"! `tools/list` was not answered in time (30 s, all lists 120 s)"});
}
