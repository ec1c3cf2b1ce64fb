package io.github.keywharf.pipeline.star;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Currency names as ISO 4217 lists them. The JDK's own display names differ from it, and between locales and versions.
 */
final class IsoCurrencies {

    private static final Map<String, String> NAMES = load();

    private IsoCurrencies() {}

    /** The name of a code such as {@code GBP}, in capitals; empty for a code that ISO 4217 does not list. */
    static Optional<String> name(String code) {
        return Optional.ofNullable(NAMES.get(code));
    }

    private static Map<String, String> load() {
        try (InputStream stream = IsoCurrencies.class.getResourceAsStream("iso-4217.csv")) {
            if (stream == null) {
                throw new IllegalStateException("The resource iso-4217.csv is missing beside " + IsoCurrencies.class);
            }
            Map<String, String> names = new HashMap<>();
            for (String line : new String(stream.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                int comma = line.indexOf(',');
                names.put(line.substring(0, comma), line.substring(comma + 1));
            }
            return Map.copyOf(names);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
