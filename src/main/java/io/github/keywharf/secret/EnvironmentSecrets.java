package io.github.keywharf.secret;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Secrets from environment variables. */
final class EnvironmentSecrets implements SecretSource {
    private static final Pattern WORD_BOUNDARY = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");
    private static final Pattern SEPARATORS = Pattern.compile("[^A-Za-z0-9]+");

    private final Map<String, String> variables;

    EnvironmentSecrets(Map<String, String> variables) {
        this.variables = Map.copyOf(variables);
    }

    @Override
    public Optional<Secret> find(String name) {
        String value = variables.get(name);
        if (value == null) {
            value = variables.get(upperSnake(name));
        }
        return Optional.ofNullable(value).map(Secret::of);
    }

    private static String upperSnake(String name) {
        String words = WORD_BOUNDARY.matcher(name).replaceAll("_");
        return SEPARATORS.matcher(words).replaceAll("_").toUpperCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return "environment";
    }
}
