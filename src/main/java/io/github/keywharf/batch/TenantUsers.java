package io.github.keywharf.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Users and what verifies their passwords, in a JSON file from name to hash. Thread-safe.
 *
 * <p>A hash is what {@link #hash} makes, or 192 hexadecimal digits of an older system; docs/reference/users-file.md has
 * both. A file that changes is read again within {@link #DEFAULT_REFRESH}; one that cannot be read is reported to the
 * listener, and the users stay as they were. Symbolic links are not followed.
 */
public final class TenantUsers {
    /** The iterations of new hashes, 220,000: what OWASP asks of PBKDF2 with HMAC-SHA-512. */
    public static final int ITERATIONS = 220_000;

    /** How often the file is looked at, at most: once a second. */
    public static final Duration DEFAULT_REFRESH = Duration.ofSeconds(1);

    /** The most users, 10,000. */
    public static final int MAX_USERS = 10_000;

    /** The most characters of a password, 1,024. */
    public static final int MAX_PASSWORD = 1_024;

    private static final String CODE = "batch.bad_users";
    private static final int MAX_BYTES = 8 * 1024 * 1024;

    private final Path file;
    private final InstantSource clock;
    private final EventListener listener;
    private final Object lock = new Object();
    private volatile Users users;
    private WatchedFile.@Nullable Stamp stamp;
    private Instant looked;
    private String reported = "";

    /**
     * The content of the file.
     *
     * @param cost the most iterations of any hash
     */
    private record Users(Map<String, PasswordHash> hashes, int cost) {}

    private TenantUsers(Path file, InstantSource clock, EventListener listener) {
        this.file = file.toAbsolutePath().normalize();
        this.clock = clock;
        this.listener = listener;
        looked = clock.instant();
        users = load();
    }

    /** The users of a file, with the system's clock; a file that cannot be read later is logged through SLF4J. */
    public static TenantUsers file(Path file) {
        return file(file, InstantSource.system(), EventListener.slf4j());
    }

    /**
     * The users of a file.
     *
     * @throws KeywharfException {@code batch.bad_users} when it cannot be read; the message quotes no hash
     */
    public static TenantUsers file(Path file, InstantSource clock, EventListener listener) {
        return new TenantUsers(file, clock, listener.guarded());
    }

    /**
     * Creates a file without users, which its owner alone may read.
     *
     * @throws KeywharfException {@code batch.bad_users} when there is one, or it cannot be written
     */
    public static TenantUsers create(Path file) {
        PrivateFiles.create(file, "{}\n".getBytes(StandardCharsets.UTF_8), CODE);
        return file(file);
    }

    /**
     * What verifies a password: {@code pbkdf2-sha512$<iterations>$<salt>$<hash>}, with {@link #ITERATIONS} and a random
     * salt.
     *
     * @throws IllegalArgumentException when the password is empty or longer than {@link #MAX_PASSWORD}
     */
    public static String hash(Secret password) {
        return hash(password, ITERATIONS, new SecureRandom());
    }

    static String hash(Secret password, int iterations, SecureRandom random) {
        char[] characters = password.revealChars();
        try {
            if (characters.length == 0 || characters.length > MAX_PASSWORD) {
                throw new IllegalArgumentException(
                        "The password has " + characters.length + " characters; it must have 1 to " + MAX_PASSWORD);
            }
            return PasswordHash.of(characters, iterations, random).text();
        } finally {
            PasswordHash.wipe(characters);
        }
    }

    /** The names of all users. */
    public Set<String> names() {
        return new TreeSet<>(current().hashes().keySet());
    }

    /**
     * Adds a user, or replaces its password. The file is replaced as a whole, and its owner alone may read it. Changes by
     * several processes concurrently may lose one.
     *
     * @param name the id of the tenant
     * @throws KeywharfException {@code batch.bad_users} when the file cannot be read or written
     */
    public void put(String name, Secret password) {
        Organisation.of(name);
        String hash = hash(password);
        change(json -> json.put(name, hash));
    }

    /** Removes a user; one that is not there is removed. */
    public void remove(String name) {
        change(json -> json.remove(name));
    }

    /**
     * Whether that is the user's password. An unknown user takes the time of a wrong password. Does not limit how often it
     * is tried; {@link TenantLogin#basic} does.
     */
    public boolean matches(String name, Secret password) {
        char[] characters = password.revealChars();
        try {
            return matches(name, storedHash(name), characters);
        } finally {
            PasswordHash.wipe(characters);
        }
    }

    /** What verifies the user's password, as text; empty when there is no such user. */
    String storedHash(String name) {
        PasswordHash hash = current().hashes().get(name);
        return hash == null ? "" : hash.text();
    }

    /** Whether that is the password of the user, whose hash is still the stored one. */
    boolean matches(String name, String storedHash, char[] password) {
        Users now = current();
        PasswordHash hash = now.hashes().get(name);
        boolean known = hash != null && hash.text().equals(storedHash);
        boolean fits = password.length > 0 && password.length <= MAX_PASSWORD;
        PasswordHash asked = known && fits && hash != null ? hash : PasswordHash.ofNobody(now.cost());
        // A password that is too long takes the time of one that is not.
        return asked.matches(fits ? password : new char[] {' '}, now.cost()) && known && fits;
    }

    private Users current() {
        Instant now = clock.instant();
        synchronized (lock) {
            if (now.isBefore(looked) || !now.isBefore(looked.plus(DEFAULT_REFRESH))) {
                looked = now;
                refresh(now);
            }
        }
        return users;
    }

    private void refresh(Instant now) {
        try {
            WatchedFile.Stamp before = stamp;
            if (before == null || WatchedFile.stamp(file, now).mayDifferFrom(before)) {
                users = load();
            }
            reported = "";
        } catch (KeywharfException | IOException e) {
            stamp = null;
            String problem = "The users stay as they were: " + e.getMessage();
            if (!problem.equals(reported)) {
                reported = problem;
                listener.error(BatchIngestor.PLATFORM_TROUBLE, Work.NONE, file.toString(), problem);
            }
        }
    }

    private Users load() {
        try {
            // Before the content, so that a change meanwhile is noticed.
            stamp = WatchedFile.stamp(file, clock.instant());
        } catch (IOException e) {
            throw bad("cannot be read: " + e + "; create it by TenantUsers.create", e);
        }
        Map<String, PasswordHash> hashes = new TreeMap<>();
        int cost = 0;
        for (Map.Entry<String, JsonNode> entry : read().properties()) {
            String name = entry.getKey();
            try {
                Organisation.of(name);
                PasswordHash hash = PasswordHash.parse(entry.getValue().asText());
                hashes.put(name, hash);
                cost = Math.max(cost, hash.iterations());
            } catch (IllegalArgumentException e) {
                throw bad("has the user " + ProfileText.shown(name) + " with what is " + e.getMessage(), null);
            }
        }
        if (hashes.size() > MAX_USERS) {
            throw bad("has " + hashes.size() + " users; up to " + MAX_USERS + " are allowed", null);
        }
        return new Users(hashes, cost == 0 ? ITERATIONS : cost);
    }

    private ObjectNode read() {
        try {
            if (ProfileJson.JSON.readTree(WatchedFile.content(file, MAX_BYTES, CODE)) instanceof ObjectNode json) {
                return json;
            }
            throw bad("is not a JSON object from names to hashes", null);
        } catch (JsonProcessingException e) {
            // Without the cause, which quotes the file.
            throw bad("is not JSON" + ProfileJson.place(e), null);
        } catch (IOException e) {
            throw bad("cannot be read: " + e, e);
        }
    }

    private void change(Consumer<ObjectNode> change) {
        synchronized (lock) {
            ObjectNode json = read();
            change.accept(json);
            PrivateFiles.replace(file, (json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8), CODE);
            users = load();
        }
    }

    private KeywharfException bad(String problem, @Nullable Exception cause) {
        return new KeywharfException(CODE, file.toString(), problem, cause);
    }

    @Override
    public String toString() {
        return "TenantUsers[" + file + "]";
    }
}
