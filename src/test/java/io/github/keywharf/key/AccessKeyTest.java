package io.github.keywharf.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessKeyTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @Test
    void a_key_is_72_characters_that_a_scanner_recognises() {
        String text = AccessKey.generate(RANDOM).reveal();

        assertThat(text).hasSize(AccessKey.LENGTH).matches("kwk_[a-z2-7]{16}_[A-Za-z0-9_-]{43}_[a-z2-7]{7}");
        Pattern scanner = Pattern.compile("kwk_[a-z2-7]{16}_[A-Za-z0-9_-]{43}_[a-z2-7]{7}");
        assertThat(scanner.matcher("{\"key\":\"" + text + "\"}").find()).isTrue();
    }

    @Test
    void the_secret_is_256_bits_in_43_characters_which_bcrypt_reads_whole() {
        AccessKey key = AccessKey.generate(RANDOM);
        try (Secret secret = key.secret()) {
            assertThat(secret.reveal()).hasSize(43);
            assertThat(Base64.getUrlDecoder().decode(secret.reveal())).hasSize(32);
            assertThat(key.reveal()).contains(secret.reveal());
        }
    }

    @Test
    void a_thousand_keys_are_a_thousand() {
        Set<String> texts = new HashSet<>();
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            AccessKey key = AccessKey.generate(RANDOM);
            texts.add(key.reveal());
            ids.add(key.id());
        }
        assertThat(texts).hasSize(1_000);
        assertThat(ids).hasSize(1_000).allMatch(AccessKey::isId);
    }

    @Property(tries = 200)
    void a_text_that_was_shown_is_read_again(@ForAll long seed) {
        AccessKey key = AccessKey.generate(seeded(seed));

        AccessKey read = AccessKey.parse("  " + key.reveal() + "\n");

        assertThat(read.id()).isEqualTo(key.id());
        assertThat(read.matches(key)).isTrue();
        assertThat(read.reveal()).isEqualTo(key.reveal());
    }

    @Property(tries = 500)
    void one_wrong_character_is_reported_as_such_and_not_quoted(
            @ForAll long seed,
            @ForAll @IntRange(max = 71) int at,
            @ForAll @CharRange(from = '!', to = '~') char wrong) {
        String text = AccessKey.generate(seeded(seed)).reveal();
        if (text.charAt(at) == wrong) {
            return;
        }
        String typed = text.substring(0, at) + wrong + text.substring(at + 1);

        assertThatThrownBy(() -> AccessKey.parse(typed))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isIn("key.mistyped", "key.malformed"))
                .hasMessageNotContaining(typed.substring(21, 64))
                .hasNoCause();
    }

    @Property(tries = 200)
    void swapped_neighbours_are_reported(@ForAll long seed, @ForAll @IntRange(min = 4, max = 70) int at) {
        String text = AccessKey.generate(seeded(seed)).reveal();
        if (text.charAt(at) == text.charAt(at + 1)) {
            return;
        }
        String typed = text.substring(0, at) + text.charAt(at + 1) + text.charAt(at) + text.substring(at + 2);

        assertThatThrownBy(() -> AccessKey.parse(typed))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isIn("key.mistyped", "key.malformed"));
    }

    @Test
    void a_wrong_character_of_the_secret_is_a_typing_mistake_and_not_a_wrong_key() {
        String text = AccessKey.generate(RANDOM).reveal();
        String typed = text.substring(0, 30) + (text.charAt(30) == 'a' ? 'b' : 'a') + text.substring(31);

        assertThatThrownBy(() -> AccessKey.parse(typed))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("key.mistyped"));
    }

    @Property(tries = 300)
    void anything_else_is_refused_without_being_quoted(@ForAll("notKeys") String text) {
        assertThatThrownBy(() -> AccessKey.parse(text))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("key.malformed"))
                .satisfies(e -> {
                    if (text.strip().length() > 9) {
                        assertThat(e.getMessage()).doesNotContain(text.strip());
                    }
                });
    }

    @Provide
    Arbitrary<String> notKeys() {
        return Arbitraries.strings().ofMinLength(0).ofMaxLength(150);
    }

    @Property(tries = 100)
    void a_long_text_costs_no_more_than_a_short_one(
            @ForAll @StringLength(min = 73, max = 5_000) @CharRange(from = 'a', to = 'z') String text) {
        assertThatThrownBy(() -> AccessKey.parse("kwk_" + text))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("key.malformed"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "kwk_", "\u0000", "kwk_\uD83D\uDE00"})
    void short_texts_are_malformed(String text) {
        assertThatThrownBy(() -> AccessKey.parse(text))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("key.malformed"));
    }

    @Test
    void a_key_prints_its_id_only() {
        AccessKey key = AccessKey.generate(RANDOM);

        assertThat(key).hasToString("AccessKey[" + key.id() + "]");
    }

    @Test
    void a_closed_key_has_forgotten_its_secret() {
        AccessKey key = AccessKey.generate(RANDOM);
        key.close();
        key.close();

        assertThatThrownBy(key::reveal).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(key::secret).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> key.seal("x")).isInstanceOf(IllegalStateException.class);
        assertThat(key.id()).hasSize(16);
    }

    @Test
    void a_seal_is_of_one_key_and_of_facts_in_their_order_and_length() {
        AccessKey key = AccessKey.generate(RANDOM);
        String seal = key.seal("ab", "c");

        assertThat(seal).hasSize(43).isEqualTo(AccessKey.parse(key.reveal()).seal("ab", "c"));
        assertThat(key.matchesSeal(seal, "ab", "c")).isTrue();
        assertThat(key.matchesSeal(seal, "a", "bc")).isFalse();
        assertThat(key.matchesSeal(seal, "c", "ab")).isFalse();
        assertThat(key.matchesSeal(seal, "abc")).isFalse();
        assertThat(key.matchesSeal("", "ab", "c")).isFalse();
        assertThat(AccessKey.generate(RANDOM).matchesSeal(seal, "ab", "c")).isFalse();
    }

    @Test
    void keys_that_differ_do_not_match() {
        AccessKey key = AccessKey.generate(RANDOM);

        assertThat(key.matches(AccessKey.generate(RANDOM))).isFalse();
        assertThat(key.matches(AccessKey.parse(key.reveal()))).isTrue();
    }

    @Test
    void keys_of_one_id_match_only_if_their_secrets_do() {
        SecureRandom sameIds = new SecureRandom() {
            private static final long serialVersionUID = 1L;

            @Override
            public void nextBytes(byte[] bytes) {
                if (bytes.length > 10) {
                    RANDOM.nextBytes(bytes);
                }
            }
        };
        AccessKey key = AccessKey.generate(sameIds);
        AccessKey other = AccessKey.generate(sameIds);

        assertThat(other.id()).isEqualTo(key.id());
        assertThat(key.matches(other)).isFalse();
        assertThat(other.matches(key)).isFalse();
        assertThat(key.matches(AccessKey.parse(key.reveal()))).isTrue();
    }

    /** The class of the platform mixes a seed in with its own randomness; this one gives what was asked for. */
    private static SecureRandom seeded(long seed) {
        java.util.Random random = new java.util.Random(seed);
        return new SecureRandom() {
            private static final long serialVersionUID = 1L;

            @Override
            public void nextBytes(byte[] bytes) {
                random.nextBytes(bytes);
            }
        };
    }
}
