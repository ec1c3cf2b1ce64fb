package io.github.keywharf.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.SecretSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every {@link SecretSource} keeps to. Extend it to test an implementation of your own. */
public abstract class SecretSourceContract {
    private static final String DOCUMENT = "{\"user\":\"totesys\",\"password\":\"pä$$ \\\"word\\\"\",\"port\":5432}";

    /** For subclasses. */
    protected SecretSourceContract() {}

    /** A source with these secrets and no others. */
    protected abstract SecretSource source(Map<String, String> secrets) throws Exception;

    @Test
    void a_secret_is_found_by_name() throws Exception {
        SecretSource source = source(Map.of("totesys-db", "s3cr3t pässword", "other", "x"));
        assertThat(source.find("totesys-db"))
                .hasValueSatisfying(secret -> assertThat(secret.reveal()).isEqualTo("s3cr3t pässword"));
        assertThat(source.secret("other").reveal()).isEqualTo("x");
    }

    @Test
    void a_document_comes_as_it_is() throws Exception {
        assertThat(source(Map.of("db", DOCUMENT)).secret("db").reveal()).isEqualTo(DOCUMENT);
    }

    @Test
    void a_closed_secret_does_not_close_the_next() throws Exception {
        SecretSource source = source(Map.of("a", "value"));
        source.secret("a").close();
        assertThat(source.secret("a").reveal()).isEqualTo("value");
    }

    @Test
    void a_name_that_is_not_there_is_empty_or_an_error_that_names_it() throws Exception {
        SecretSource source = source(Map.of("a", "value"));
        assertThat(source.find("no-such")).isEmpty();
        assertThat(source.find("")).isEmpty();
        assertThatThrownBy(() -> source.secret("no-such"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("secret.not_found"))
                .hasMessageContaining("[no-such]")
                .hasMessageNotContaining("value");
    }

    @Test
    void the_next_source_is_asked_for_what_this_one_does_not_have() throws Exception {
        SecretSource both = source(Map.of("a", "first")).or(SecretSource.of(Map.of("a", "second", "b", "third")));
        assertThat(both.secret("a").reveal()).isEqualTo("first");
        assertThat(both.secret("b").reveal()).isEqualTo("third");
        assertThat(both.find("c")).isEmpty();
    }

    @Test
    void nothing_shows_in_to_string() throws Exception {
        SecretSource source = source(Map.of("a", "hidden-value"));
        assertThat(source.toString() + source.or(source) + source.secret("a"))
                .doesNotContain("hidden-value")
                .doesNotContain("@");
    }
}
