package io.coldframe.cli.doctor;

import io.coldframe.cli.Json;
import io.coldframe.cli.Version;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A diagnosis for programs.
///
/// ```
/// {
///   "schema": 1,              grows by new members and new findings; anything else is a new number
///   "coldframe": "0.1.0",     the version that wrote this
///   "os": "Linux 6.18 (amd64)",
///   "directory": "/srv",      what the findings of the group "directory" are about
///   "ok": true,               every finding with "floor" is available
///   "findings": [
///     {
///       "name": "kvm",
///       "group": "virtual machines",
///       "floor": false,       the engine can't work at all without it
///       "state": "available", or "missing", "untried", "failed"
///       "detail": "…",        what was found; empty if nothing was
///       "reason": "",         why it is not there; empty if it is
///       "remedy": "",         what would change that; empty if nothing would
///       "numbers": {"apiVersion": 12}
///     }
///   ]
/// }
/// ```
/// Every member is always there. Every finding is too, on every system, in a fixed order.
final class JsonReport {

    private static final int SCHEMA = 1;

    private JsonReport() {}

    static String of(Diagnosis diagnosis) {
        List<Map<String, Object>> findings =
                diagnosis.findings().stream().map(JsonReport::finding).toList();
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("schema", SCHEMA);
        report.put("coldframe", Version.coldframe());
        report.put("os", Version.operatingSystem());
        report.put("directory", diagnosis.directory().toString());
        report.put("ok", diagnosis.hasFloor());
        report.put("findings", findings);
        return Json.write(report);
    }

    private static Map<String, Object> finding(Finding finding) {
        Outcome outcome = finding.outcome();
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", finding.name());
        members.put("group", finding.group());
        members.put("floor", finding.floor());
        members.put("state", outcome.state().word());
        members.put("detail", outcome.detail());
        members.put("reason", outcome.reason());
        members.put("remedy", outcome.remedy());
        members.put("numbers", new TreeMap<>(outcome.numbers()));
        return members;
    }
}
