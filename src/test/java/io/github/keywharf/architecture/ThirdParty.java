package io.github.keywharf.architecture;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Set;

/** Home of each third-party package: the package of ours that imports it, and whose children may import it. */
final class ThirdParty {
    private static final Set<String> EVERYWHERE =
            Set.of("java", "javax", "com.sun.net.httpserver", "org.slf4j", "org.jspecify", "com.fasterxml.jackson");

    private static final Map<String, String> HOMES = Map.ofEntries(
            entry("org.apache.parquet", "format"),
            entry("org.apache.hadoop", "format"),
            entry("org.xerial", "format"),
            entry("com.github.luben", "format"),
            entry("net.jpountz", "format"),
            entry("org.brotli", "format"),
            entry("de.siegmar", "format"),
            entry("com.datastax.oss", "cassandra"),
            entry("io.netty", "cassandra"),
            entry("at.favre.lib", "cassandra.key"),
            entry("com.force", "salesforce"),
            entry("software.amazon.awssdk", "aws"),
            entry("org.postgresql", "postgres"),
            entry("org.duckdb", "query.duckdb"),
            entry("org.apache.spark", "query.spark"),
            entry("org.eclipse.jetty", "http.jetty"),
            entry("io.micrometer", "event.micrometer"),
            entry("io.opentelemetry", "event.opentelemetry"),
            entry("io.methvin", "batch"),
            entry("java.net.http", "http"),
            entry("com.amazonaws.services.lambda", "lambda"),
            entry("com.microsoft.azure.functions", "azure.functions"));

    private ThirdParty() {}

    /**
     * True if the package {@code importer}, relative to {@code root}, may import the package {@code imported}.
     */
    static boolean isWelcome(String imported, String root, String importer) {
        boolean primitive = imported.isEmpty();
        return primitive
                || within(imported, root)
                || (!hasHome(imported) && EVERYWHERE.stream().anyMatch(prefix -> within(imported, prefix)))
                || HOMES.entrySet().stream()
                        .anyMatch(home -> within(importer, home.getValue()) && within(imported, home.getKey()));
    }

    /** What is within something that is allowed everywhere may have a home of its own. */
    private static boolean hasHome(String imported) {
        return HOMES.keySet().stream().anyMatch(prefix -> within(imported, prefix));
    }

    private static boolean within(String name, String prefix) {
        return name.equals(prefix) || name.startsWith(prefix + ".");
    }
}
