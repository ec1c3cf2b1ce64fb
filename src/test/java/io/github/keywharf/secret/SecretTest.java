package io.github.keywharf.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.CharBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretTest {
    private static final String TEXT = "pässwörd 🐘";

    @Test
    void the_same_text_matches() {
        assertThat(Secret.of(TEXT).matches(TEXT)).isTrue();
        assertThat(Secret.of(TEXT.toCharArray()).matches(CharBuffer.wrap(TEXT))).isTrue();
        assertThat(Secret.of("").matches("")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "pässwörd", "pässwörd 🐘 ", " pässwörd 🐘", "Pässwörd 🐘", "pässwörd 🐙", "password 🐘"})
    void another_text_does_not_match(String other) {
        assertThat(Secret.of(TEXT).matches(other)).isFalse();
        assertThat(Secret.of(other).matches(TEXT)).isFalse();
    }

    @Test
    void each_character_counts() {
        for (int i = 0; i < TEXT.length(); i++) {
            StringBuilder other = new StringBuilder(TEXT);
            other.setCharAt(i, '_');
            assertThat(Secret.of(TEXT).matches(other)).as("%d", i).isFalse();
        }
    }

    @Test
    void a_closed_secret_reveals_nothing_and_its_copy_stays_open() {
        Secret secret = Secret.of(TEXT);
        Secret copy = secret.copy();
        secret.close();
        secret.close();

        assertThatThrownBy(secret::reveal).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(secret::revealChars).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(secret::copy).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> secret.matches(TEXT)).isInstanceOf(IllegalStateException.class);
        assertThat(copy.reveal()).isEqualTo(TEXT);
    }

    @Test
    void what_was_given_and_what_is_given_are_copies() {
        char[] given = TEXT.toCharArray();
        Secret secret = Secret.of(given);
        given[0] = 'x';
        secret.revealChars()[0] = 'y';

        assertThat(secret.reveal()).isEqualTo(TEXT);
    }

    @Test
    void nothing_shows_a_secret_and_no_map_compares_it() {
        assertThat(Secret.of(TEXT)).hasToString("Secret[redacted]").isNotEqualTo(Secret.of(TEXT));
        assertThat(Map.of(Secret.of(TEXT), 1)).doesNotContainKey(Secret.of(TEXT));
    }
}
