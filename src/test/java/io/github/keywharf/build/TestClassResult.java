package io.github.keywharf.build;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * The report of one test class.
 *
 * @param name its simple name
 * @param seconds how long it ran, with its set-up
 * @param tests its tests in the order of the report
 */
record TestClassResult(String name, double seconds, List<TestResult> tests) {

    /** Reads a {@code TEST-*.xml} of Surefire or Failsafe. */
    static TestClassResult read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            XMLStreamReader xml = factory().createXMLStreamReader(in);
            String name = "";
            double seconds = 0;
            List<TestResult> tests = new ArrayList<>();
            while (xml.hasNext()) {
                if (xml.next() != XMLStreamConstants.START_ELEMENT) {
                    continue;
                }
                switch (xml.getLocalName()) {
                    case "testsuite" -> {
                        name = simple(attribute(xml, "name"));
                        seconds = seconds(xml);
                    }
                    case "testcase" ->
                        tests.add(new TestResult(
                                simple(attribute(xml, "classname")) + "." + attribute(xml, "name"), seconds(xml), ""));
                    case "skipped" -> {
                        TestResult test = tests.remove(tests.size() - 1);
                        String message = attribute(xml, "message");
                        // With a stack trace there is no message but what stands before the trace.
                        String reason = message.isBlank() ? beforeTrace(xml.getElementText()) : message;
                        tests.add(new TestResult(test.name(), test.seconds(), reason(reason)));
                    }
                    default -> {
                        // Properties and output are not reported.
                    }
                }
            }
            return new TestClassResult(name, seconds, List.copyOf(tests));
        } catch (IOException | XMLStreamException e) {
            throw new IllegalStateException("[" + file + "] the test report cannot be read", e);
        }
    }

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        return factory;
    }

    private static String attribute(XMLStreamReader xml, String name) {
        String value = xml.getAttributeValue(null, name);
        return value == null ? "" : value;
    }

    /** Surefire writes thousands with a comma. */
    private static double seconds(XMLStreamReader xml) {
        String time = attribute(xml, "time").replace(",", "");
        return time.isEmpty() ? 0 : Double.parseDouble(time);
    }

    private static String beforeTrace(String text) {
        int trace = text.indexOf("\n\tat ");
        return trace < 0 ? text : text.substring(0, trace);
    }

    private static String reason(String message) {
        return message.isBlank() ? "no reason was given" : message.strip().replaceAll("\\s+", " ");
    }

    private static String simple(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
