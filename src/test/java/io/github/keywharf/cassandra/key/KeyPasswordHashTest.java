package io.github.keywharf.cassandra.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.CassandraServer;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyPasswordHashTest {
    private static final String ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    @ParameterizedTest
    @CsvSource({
        "'', $2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.",
        "a, $2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe",
        "abc, $2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i",
        "abcdefghijklmnopqrstuvwxyz, $2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC"
    })
    void published_hashes_are_met(String password, String hash) {
        assertThat(KeyPasswordHash.of(Secret.of(password), 6, salt(hash.substring(7, 29))))
                .isEqualTo(hash);
    }

    @Test
    void the_server_takes_the_hash_for_the_password() {
        CassandraServer server = CassandraServer.shared();
        String password = "Zm9vYmFy-_0123456789abcdefABCDEF0123456789x";
        server.execute("CREATE ROLE hashed_one WITH LOGIN = true AND HASHED PASSWORD = '"
                + KeyPasswordHash.of(Secret.of(password), KeyPasswordHash.COST_OF_KEYS, new SecureRandom()) + "'");

        try (CassandraManager in = KeyServer.connect(server, "hashed_one", Secret.of(password))) {
            CqlSession session = in.unwrap();
            assertThat(session.execute("LIST ROLES").one().getString("role")).isEqualTo("hashed_one");
        }
        String longest = "0123456789ab".repeat(6);
        server.execute("CREATE ROLE hashed_longest WITH LOGIN = true AND HASHED PASSWORD = '"
                + KeyPasswordHash.of(Secret.of(longest), KeyPasswordHash.COST_OF_KEYS, new SecureRandom()) + "'");
        KeyServer.connect(server, "hashed_longest", Secret.of(longest)).close();
        assertThatThrownBy(() -> KeyServer.connect(server, "hashed_longest", Secret.of(longest.substring(1))))
                .isInstanceOf(KeywharfException.class);
        assertThatThrownBy(() -> KeyServer.connect(server, "hashed_one", Secret.of(password.substring(1))))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("cassandra.bad_credentials"));
    }

    @Test
    void each_hash_has_a_salt_of_its_own() {
        Secret password = Secret.of("same");

        assertThat(KeyPasswordHash.of(password, KeyPasswordHash.COST_OF_KEYS, new SecureRandom()))
                .isNotEqualTo(KeyPasswordHash.of(password, KeyPasswordHash.COST_OF_KEYS, new SecureRandom()));
    }

    @Test
    void what_bcrypt_would_ignore_or_mistake_is_refused() {
        assertThatThrownBy(() ->
                        KeyPasswordHash.of(Secret.of("x".repeat(73)), KeyPasswordHash.COST_OF_KEYS, new SecureRandom()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("72");
        assertThatThrownBy(() -> KeyPasswordHash.of(Secret.of("pä"), KeyPasswordHash.COST_OF_KEYS, new SecureRandom()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("pä");
        assertThat(KeyPasswordHash.of(Secret.of("x".repeat(72)), KeyPasswordHash.COST_OF_KEYS, new SecureRandom()))
                .startsWith("$2a$04$");
    }

    private static byte[] salt(String text) {
        byte[] salt = new byte[16];
        for (int i = 0; i < text.length(); i++) {
            int value = ALPHABET.indexOf(text.charAt(i));
            for (int bit = 0; bit < 6; bit++) {
                int at = i * 6 + bit;
                if (at < 128 && (value >> (5 - bit) & 1) == 1) {
                    salt[at / 8] |= (byte) (0x80 >> at % 8);
                }
            }
        }
        return salt;
    }
}
