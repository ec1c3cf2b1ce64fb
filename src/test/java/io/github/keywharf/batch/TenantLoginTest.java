package io.github.keywharf.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywharf.Organisation;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.Actor;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.key.KeyRing;
import io.github.keywharf.testing.ManualClock;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TenantLoginTest {
    private static final TenantLogin.Outcome CUSTOMER = new TenantLogin.AsTenant(Organisation.of("customer-1"));

    @TempDir
    Path directory;

    private final ManualClock clock = new ManualClock();
    private Path file;
    private TenantLogin login;

    @BeforeEach
    void users() throws IOException {
        file = Files.writeString(
                directory.resolve("users.json"),
                "{\"customer-1\": \"" + TenantUsersTest.cheap("a:b") + "\", \"boss\": \"" + TenantUsersTest.cheap("b")
                        + "\"}");
        login = TenantLogin.basic(TenantUsers.file(file, clock, EventListener.NONE), Set.of("boss"), clock);
    }

    private static HttpRequest request(String peer, String authorization) {
        return HttpRequest.get(URI.create("http://localhost/customer"))
                .withPeer(peer)
                .withHeader("Authorization", authorization);
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private TenantLogin.Outcome login(String peer, String user, String password) {
        return login.login(request(peer, basic(user, password)));
    }

    @Test
    void a_user_is_a_tenant_or_an_operator() {
        assertThat(login("10.0.0.1", "customer-1", "a:b")).isEqualTo(CUSTOMER);
        assertThat(login("10.0.0.1", "boss", "b")).isEqualTo(new TenantLogin.AsOperator("boss"));
    }

    @Test
    void a_wrong_user_and_a_wrong_password_get_the_same_answer() {
        assertThat(login("10.0.0.1", "customer-1", "x"))
                .isEqualTo(login("10.0.0.1", "nobody", "x"))
                .isEqualTo(new TenantLogin.Nobody(List.of("Basic realm=\"keywharf\", charset=\"UTF-8\"")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Basic",
                "Basic ",
                "Basic !!!",
                "Basic YTpi/w==",
                "Digest x",
                "Bearer a",
                "basicYTpi",
                "Basic YQ=="
            })
    void a_header_that_is_malformed_is_nobodys(String header) {
        assertThat(login.login(request("10.0.0.1", header))).isInstanceOf(TenantLogin.Nobody.class);
    }

    @Test
    void two_headers_are_nobodys() {
        HttpRequest twice = request("10.0.0.1", basic("customer-1", "a:b"));
        twice = twice.withHeaders(twice.headers().withAdded("Authorization", basic("customer-1", "a:b")));

        assertThat(login.login(twice)).isInstanceOf(TenantLogin.Nobody.class);
    }

    @Test
    void credentials_in_the_uri_are_not_looked_at() {
        assertThat(login.login(HttpRequest.get(URI.create("http://localhost/customer?id=customer-1&password=a:b"))))
                .isInstanceOf(TenantLogin.Nobody.class);
    }

    private void fail(String peer, String user, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(login(peer, user, "wrong-" + i)).isInstanceOf(TenantLogin.Nobody.class);
        }
    }

    @Test
    void after_ten_failures_a_user_waits_at_that_address_and_at_no_other() {
        fail("10.0.0.1", "customer-1", TenantLogin.FAILURES_PER_USER);
        clock.advance(Duration.ofSeconds(20));

        assertThat(login("10.0.0.1", "customer-1", "a:b")).isEqualTo(new TenantLogin.TooMany(Duration.ofSeconds(40)));
        assertThat(login("10.0.0.1", "boss", "b")).isInstanceOf(TenantLogin.AsOperator.class);
        assertThat(login("10.0.0.2", "customer-1", "a:b")).isEqualTo(CUSTOMER);
        clock.advance(Duration.ofSeconds(40));
        fail("10.0.0.1", "customer-1", 1);
    }

    @Test
    void a_user_who_was_let_in_a_while_ago_is_not_locked_out_by_failures_at_its_own_address() {
        assertThat(login("10.0.0.1", "customer-1", "a:b")).isEqualTo(CUSTOMER);
        fail("10.0.0.1", "customer-1", TenantLogin.FAILURES_PER_USER);

        assertThat(login("10.0.0.1", "customer-1", "a:b")).isEqualTo(CUSTOMER);
        clock.advance(TenantLogin.REMEMBERED);
        assertThat(login("10.0.0.1", "customer-1", "a:b")).isEqualTo(CUSTOMER);
    }

    @Test
    void an_address_that_tries_many_users_waits_for_all_of_them() {
        for (int i = 0; i < TenantLogin.FAILURES_PER_PEER; i++) {
            fail("10.0.0.1", "user-" + i, 1);
        }

        assertThat(login("10.0.0.1", "customer-1", "a:b")).isInstanceOf(TenantLogin.TooMany.class);
        assertThat(login("10.0.0.2", "customer-1", "a:b")).isEqualTo(CUSTOMER);
    }

    @Test
    void addresses_of_one_network_of_version_6_count_together() {
        fail("2001:db8:0:1::1", "customer-1", 5);
        fail("2001:db8:0:1:ffff::2", "customer-1", 5);

        assertThat(login("2001:db8:0:1::3", "customer-1", "a:b")).isInstanceOf(TenantLogin.TooMany.class);
        assertThat(login("2001:db8:0:2::1", "customer-1", "a:b")).isEqualTo(CUSTOMER);
        assertThat(LoginLimit.network("2001:db8::1%eth0")).isNotEmpty();
    }

    @Test
    void counts_take_bounded_memory() {
        LoginLimit limit = new LoginLimit(clock);
        for (int i = 0; i < 2 * LoginLimit.MAX_COUNTS; i++) {
            limit.failed(LoginLimit.Attempt.of("x".repeat(100) + i, java.util.Optional.of("10.0." + i)));
        }

        assertThat(limit.size()).isEqualTo(LoginLimit.MAX_COUNTS);
    }

    @Test
    void a_clock_that_is_set_back_locks_nobody_out() {
        fail("10.0.0.1", "customer-1", TenantLogin.FAILURES_PER_USER);
        clock.advance(Duration.ofDays(-1));

        assertThat(login("10.0.0.1", "customer-1", "a:b")).isEqualTo(CUSTOMER);
    }

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    private List<CompletableFuture<TenantLogin.Outcome>> concurrently(
            int times, IntFunction<TenantLogin.Outcome> login) {
        return IntStream.range(0, times)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> login.apply(i), threads))
                .toList();
    }

    @Test
    void many_requests_with_the_right_password_at_the_same_time_all_pass() {
        assertThat(concurrently(40, i -> login("10.0.0.1", "customer-1", "a:b")))
                .allSatisfy(outcome -> assertThat(outcome.join()).isEqualTo(CUSTOMER));
    }

    @Test
    void a_thousand_requests_cost_one_derivation() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(login("10.0.0." + i % 7, "customer-1", "a:b")).isEqualTo(CUSTOMER);
        }

        assertThat(((BasicLogin) login).derived()).isEqualTo(1);
        clock.advance(TenantLogin.REMEMBERED);
        assertThat(login("10.0.0.1", "customer-1", "a:b")).isEqualTo(CUSTOMER);
        assertThat(((BasicLogin) login).derived()).isEqualTo(2);
    }

    @Test
    void an_address_that_has_to_wait_costs_no_derivation() {
        fail("10.0.0.1", "customer-1", TenantLogin.FAILURES_PER_USER);
        for (int i = 0; i < 20; i++) {
            assertThat(login("10.0.0.1", "customer-1", "more-" + i)).isInstanceOf(TenantLogin.TooMany.class);
        }

        assertThat(((BasicLogin) login).derived()).isEqualTo(TenantLogin.FAILURES_PER_USER);
    }

    @Test
    void many_guesses_at_the_same_time_are_limited_too() {
        assertThat(concurrently(40, i -> login("10.0.0.1", "customer-1", "guess-" + i)).stream()
                        .map(CompletableFuture::join)
                        .filter(TenantLogin.Nobody.class::isInstance))
                .hasSizeLessThanOrEqualTo(TenantLogin.FAILURES_PER_USER);
    }

    @Test
    void logins_that_wait_for_a_derivation_are_few_and_others_are_sent_away() {
        Semaphore derivations = new Semaphore(1);
        BasicLogin busy = new BasicLogin(
                TenantUsers.file(file, clock, EventListener.NONE), Set.of(), clock, new SecureRandom(), derivations);
        derivations.acquireUninterruptibly();
        // The one that is under way, and those that wait.
        int most = 1 + BasicLogin.MAX_WAITING;
        List<CompletableFuture<TenantLogin.Outcome>> outcomes =
                concurrently(2 * most, i -> busy.login(request("10.0.1." + i, basic("customer-1", "guess-" + i))));

        await().until(() -> outcomes.stream().filter(CompletableFuture::isDone).count() >= most);
        assertThat(busy.derived()).isZero();
        assertThat(outcomes.stream().filter(CompletableFuture::isDone).map(CompletableFuture::join))
                .allMatch(TenantLogin.TooMany.class::isInstance);
        derivations.release();
        assertThat(busy.login(request("10.0.0.1", basic("customer-1", "a:b"))))
                .isIn(CUSTOMER, new TenantLogin.TooMany(Duration.ofSeconds(1)));
    }

    @Test
    void a_user_who_is_removed_or_has_a_new_password_is_out_when_the_file_is_read_again() throws IOException {
        assertThat(login("10.0.0.1", "customer-1", "a:b")).isEqualTo(CUSTOMER);
        Files.writeString(file, "{\"customer-1\": \"" + TenantUsersTest.cheap("new") + "\"}");
        clock.advance(TenantUsers.DEFAULT_REFRESH);

        assertThat(login("10.0.0.1", "customer-1", "a:b")).isInstanceOf(TenantLogin.Nobody.class);
        assertThat(login("10.0.0.1", "customer-1", "new")).isEqualTo(CUSTOMER);
        Files.writeString(file, "{}");
        clock.advance(TenantUsers.DEFAULT_REFRESH);
        assertThat(login("10.0.0.1", "customer-1", "new")).isInstanceOf(TenantLogin.Nobody.class);
    }

    @Test
    void a_key_of_an_organisation_is_its_tenants_and_the_admins_is_an_operators() {
        KeyRing ring = KeyRing.inMemory();
        TenantProfiles.Editable profiles = TenantProfiles.inMemory();
        profiles.put(TenantProfile.builder(Organisation.of("customer-1")).build());
        TenantLogin both = login.or(TenantLogin.keys(ring, profiles, clock));
        Actor by = Actor.of("test", "here");
        AccessKey key = ring.issue(KeyRequest.of(Organisation.of("customer-1")), by);
        AccessKey other = ring.issue(KeyRequest.of(Organisation.of("customer_2")), by);
        AccessKey admin = ring.issue(KeyRequest.admin(), by);

        assertThat(both.login(request("10.0.0.1", "Bearer " + key.reveal()))).isEqualTo(CUSTOMER);
        assertThat(both.login(request("10.0.0.1", "bearer " + admin.reveal())))
                .isEqualTo(new TenantLogin.AsOperator(admin.id()));
        assertThat(both.login(request("10.0.0.1", basic("customer-1", "a:b")))).isEqualTo(CUSTOMER);
        TenantLogin.Outcome nobody = new TenantLogin.Nobody(
                List.of("Basic realm=\"keywharf\", charset=\"UTF-8\"", "Bearer realm=\"keywharf\""));
        assertThat(both.login(request("10.0.0.1", "Bearer " + other.reveal()))).isEqualTo(nobody);
        assertThat(both.login(request("10.0.0.1", "Bearer nonsense"))).isEqualTo(nobody);
        ring.revoke(key.id(), by);
        for (int i = 0; i < TenantLogin.FAILURES_PER_USER; i++) {
            assertThat(both.login(request("10.0.0.1", "Bearer " + key.reveal())))
                    .isEqualTo(nobody);
        }
        assertThat(both.login(request("10.0.0.1", "Bearer " + key.reveal())))
                .isEqualTo(new TenantLogin.TooMany(TenantLogin.WINDOW));
        assertThat(both.login(request("10.0.0.1", "Bearer " + admin.reveal())))
                .isInstanceOf(TenantLogin.AsOperator.class);
    }

    @Test
    void a_login_prints_no_secret() {
        login("10.0.0.1", "customer-1", "a:b");

        assertThat(login.toString()).doesNotContain("a:b", "$");
    }
}
