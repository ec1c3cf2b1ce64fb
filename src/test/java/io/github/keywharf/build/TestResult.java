package io.github.keywharf.build;

/**
 * One test of a report.
 *
 * @param name the simple name of its class and its own
 * @param seconds how long it ran, without the set-up of its class
 * @param skipped why it was skipped; empty if it ran
 */
record TestResult(String name, double seconds, String skipped) {

    boolean isSkipped() {
        return !skipped.isEmpty();
    }
}
