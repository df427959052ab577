import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;

/// Sums what Surefire reported in every module: which tests were skipped and why, then the totals.
///
/// Exits with 1 if a test failed, if none ran, or if one was skipped for any reason but that this
/// is not a Mac: a test that never runs proves nothing.
///
/// `java SurefireTotals.java <root>`
public final class SurefireTotals {

    // What a skip begins with when only a Mac can run the test.
    private static final String ONLY_ON_A_MAC = "macOS";

    private long run;
    private long failures;
    private long errors;
    private final List<String> skippedOffMac = new ArrayList<>();
    private final List<String> skippedHere = new ArrayList<>();

    private SurefireTotals() {}

    public static void main(String[] args) throws Exception {
        SurefireTotals totals = new SurefireTotals();
        DocumentBuilder parser = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        for (Path report : reportsUnder(Path.of(args[0]))) {
            totals.add(parser.parse(report.toFile()).getDocumentElement());
        }
        totals.print();
        System.exit(totals.areGood() ? 0 : 1);
    }

    private static List<Path> reportsUnder(Path root) throws IOException {
        String reports = File.separator + "surefire-reports" + File.separator + "TEST-";
        try (var files = Files.walk(root)) {
            return files.filter(file -> file.toString().contains(reports))
                    .filter(file -> file.toString().endsWith(".xml"))
                    .sorted()
                    .toList();
        }
    }

    private void add(Element suite) {
        run += number(suite, "tests");
        failures += number(suite, "failures");
        errors += number(suite, "errors");
        NodeList cases = suite.getElementsByTagName("testcase");
        for (int i = 0; i < cases.getLength(); i++) {
            Element test = (Element) cases.item(i);
            NodeList skipped = test.getElementsByTagName("skipped");
            if (skipped.getLength() > 0) {
                addSkipped(test, reason((Element) skipped.item(0)));
            }
        }
    }

    private void addSkipped(Element test, String reason) {
        String line = test.getAttribute("classname") + "." + test.getAttribute("name");
        (reason.startsWith(ONLY_ON_A_MAC) ? skippedOffMac : skippedHere)
                .add("  " + line + ": " + (reason.isEmpty() ? "no reason given" : reason));
    }

    /// What a disabled test says in an attribute and an aborted one in its stack trace.
    private static String reason(Element skipped) {
        String message = skipped.getAttribute("message");
        return message.isEmpty()
                ? skipped.getTextContent()
                        .lines()
                        .findFirst()
                        .orElse("")
                        .replaceFirst("^org\\.opentest4j\\.TestAbortedException: ", "")
                        .replaceFirst("^Assumption failed: ", "")
                : message;
    }

    private static long number(Element suite, String attribute) {
        return Long.parseLong(suite.getAttribute(attribute));
    }

    private boolean areGood() {
        return run > 0 && failures == 0 && errors == 0 && skippedHere.isEmpty();
    }

    private void print() {
        printAll("Skipped because this is not a Mac:", skippedOffMac);
        printAll("Skipped, and that is a failure:", skippedHere);
        System.out.printf(
                "Tests run: %d, Failures: %d, Errors: %d, Skipped: %d%n",
                run, failures, errors, skippedOffMac.size() + skippedHere.size());
    }

    private static void printAll(String title, List<String> lines) {
        if (!lines.isEmpty()) {
            System.out.println(title);
            lines.forEach(System.out::println);
        }
    }
}
