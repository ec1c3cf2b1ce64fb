package io.github.keywharf.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.ShareCredentials;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretStore;
import io.github.keywharf.testing.Background;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeltaSharingManagerTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final SharingWorld world = new SharingWorld(SharingLayout.SHARE_PER_TENANT);
    private final DeltaSharingManager manager = world.manager();

    private static void assertCode(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static String token(ShareProfile profile) {
        return ((ShareCredentials.Bearer) profile.credentials()).token().reveal();
    }

    @ParameterizedTest
    @EnumSource
    void a_tenants_life(SharingLayout layout) {
        SharingWorld place = new SharingWorld(layout);
        DeltaSharingManager sharing = place.manager();
        assertThat(sharing.status("tenant-1").state()).isEqualTo(TenantState.ABSENT);
        assertThat(sharing.findProfile("tenant-1")).isEmpty();

        ShareProfile first = sharing.provision("tenant-1");
        sharing.provision("tenant-2");
        assertThat(first.expires()).contains(place.clock.instant().plus(SharingWorld.VALIDITY));
        assertThat(sharing.provision("tenant-1").sameAs(first)).isTrue();
        place.assertExactly("provisioned", "tenant-1", "tenant-2");

        place.clock.advance(DAY);
        ShareProfile second = sharing.rotate("tenant-1", Duration.ofHours(1));
        assertThat(place.opens(first)).isTrue();
        assertThat(place.opens(second)).isTrue();
        assertThat(sharing.profile("tenant-1").sameAs(second)).isTrue();
        place.clock.advance(Duration.ofHours(1));
        assertThat(place.opens(first)).isFalse();
        place.assertExactly("rotated", "tenant-1", "tenant-2");

        assertThat(sharing.revoke("tenant-1")).isTrue();
        assertThat(sharing.revoke("tenant-1")).isFalse();
        assertThat(place.opens(second)).isFalse();
        assertThat(sharing.status("tenant-1").state()).isEqualTo(TenantState.ABSENT);
        place.assertExactly("revoked", "tenant-2");

        ShareProfile third = sharing.provision("tenant-1");
        assertThat(place.opens(third)).isTrue();
        assertThat(place.opens(second)).isFalse();
        place.assertExactly("provisioned again", "tenant-1", "tenant-2");
    }

    @Test
    void names_are_those_of_the_original_middleware() {
        manager.provision("tenant-1");
        assertThat(world.catalog.findRecipient("tenant-1")).isPresent();
        assertThat(world.catalog.findShare("tenant-1_partitioned_platform_usage"))
                .isPresent();
        assertThat(world.secrets.names()).containsExactly("tenant-1");
        assertThat(world.secrets.secret("tenant-1").reveal())
                .startsWith("{\"shareCredentialsVersion\":1,\"endpoint\":\"https://")
                .contains("\"bearerToken\":", "\"expirationTime\":");
    }

    @Test
    void a_tenant_that_is_there_is_not_new() {
        manager.provisionNew("tenant-1");
        assertCode("sharing.exists", () -> manager.provisionNew("tenant-1"));
        world.secrets.remove("tenant-1");
        manager.provisionNew("tenant-1");
        world.assertExactly("repaired", "tenant-1");
    }

    @Test
    void what_is_not_there_is_not_found() {
        assertCode("sharing.not_found", () -> manager.profile("tenant-1"));
        assertCode("sharing.not_found", () -> manager.rotate("tenant-1", Duration.ZERO));
        assertThat(world.catalog.recipients()).isEmpty();
        assertThat(world.events).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void odd_ids_are_tenants_of_their_own(SharingLayout layout) {
        SharingWorld place = new SharingWorld(layout);
        DeltaSharingManager sharing = place.manager();
        String[] ids = {
            "acme",
            "Acme",
            "ACME",
            "acme-",
            "acme--1",
            "a_c",
            "a-c",
            "a c",
            "a.c",
            "a/c",
            "../a",
            "a%2Fc",
            "it's \"quoted\"",
            "é",
            "e\u0301",
            "日本",
            "😀",
            "0",
            "x".repeat(64),
            "x".repeat(65),
            "x".repeat(128),
            "share--all",
            "3F2504E0-4F89-11D3-9A0C-0305E82C3301",
            "' OR 1=1 --",
            "%",
            "tenant--" + "0".repeat(32)
        };
        for (String id : ids) {
            sharing.provision(id);
        }
        place.assertExactly("provisioned", ids);
        sharing.revoke("Acme");
        assertThat(sharing.status("acme").state()).isEqualTo(TenantState.ACTIVE);
        assertThat(sharing.status("ACME").state()).isEqualTo(TenantState.ACTIVE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", " a", "a ", "a\nb", "a\u0000", "a\u202eb", "\ud800"})
    void what_cannot_be_read_is_not_an_id(String id) {
        assertThatThrownBy(() -> manager.provision(id)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> manager.profile(id)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> manager.revoke("x".repeat(129))).isInstanceOf(IllegalArgumentException.class);
        assertThat(world.catalog.recipients()).isEmpty();
    }

    @Test
    void a_secret_that_is_not_a_profile_is_neither_shown_nor_changed() {
        String credentials = "{\"CLIENT_ID\":\"id\",\"CLIENT_SECRET\":\"hidden-value\"}";
        world.secrets.put("databricks", Secret.of(credentials));
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> manager.provision("databricks"),
                () -> manager.profile("databricks"),
                () -> manager.revoke("databricks"),
                () -> manager.status("databricks"))) {
            assertThatThrownBy(call)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("sharing.refused"))
                    .hasMessageNotContaining("hidden-value");
        }
        assertThat(world.secrets.secret("databricks").reveal()).isEqualTo(credentials);
        world.builder().secretPrefix("share-").build().provision("databricks");
        assertThat(world.secrets.names()).containsExactly("databricks", "share-databricks");
    }

    @Test
    void of_managers_whose_secrets_would_have_one_name_the_second_is_refused() {
        SharingWorld other = new SharingWorld(SharingLayout.SHARE_PER_TENANT);
        DeltaSharingManager begun =
                other.builder().secrets(world.secrets).secretPrefix("a-").build();
        ShareProfile profile = manager.provision("a-x");
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> begun.provision("x"),
                () -> begun.findProfile("x"),
                () -> begun.status("x"),
                () -> begun.revoke("x"))) {
            assertThatThrownBy(call)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("sharing.refused"))
                    .hasMessageContaining("[a-x]")
                    .hasMessageContaining("another tenant")
                    .hasMessageContaining("prefix");
        }
        assertThat(other.catalog.recipients()).isEmpty();
        assertThat(manager.reconcile().repaired()).isEmpty();
        assertThat(manager.profile("a-x").sameAs(profile)).isTrue();
        world.assertExactly("alone", "a-x");

        begun.provision("y");
        assertThat(begun.tenants()).containsExactly("y");
        assertThat(manager.tenants()).containsExactly("a-x");
    }

    @ParameterizedTest
    @CsvSource({"'', a-", "a-, ''", "a-, a-b-"})
    void managers_with_different_prefixes_leave_each_others_tenants_of_one_catalog_alone(String one, String other) {
        DeltaSharingManager first = world.builder().secretPrefix(one).build();
        DeltaSharingManager second = world.builder().secretPrefix(other).build();
        ShareProfile profile = first.provision("tenant-1");
        ShareProfile theirs = second.provision("tenant-2");
        assertThat(first.tenants()).containsExactly("tenant-1");
        assertThat(second.tenants()).containsExactly("tenant-2");
        assertThat(second.expiring(SharingWorld.VALIDITY)).hasSize(1);
        ReconcileReport report = second.reconcile();
        assertThat(report.checked()).isEqualTo(1);
        assertThat(report.repaired()).isEmpty();
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> second.provision("tenant-1"),
                () -> second.rotate("tenant-1", Duration.ZERO),
                () -> second.status("tenant-1"),
                () -> second.revoke("tenant-1"))) {
            assertThatThrownBy(call)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("sharing.refused"))
                    .hasMessageContaining("secret prefix '" + one + "'");
        }
        assertThat(world.opens(profile)).isTrue();
        assertThat(second.revoke("tenant-2")).isTrue();
        assertThat(world.opens(theirs)).isFalse();
        assertThat(first.status("tenant-1").state()).isEqualTo(TenantState.ACTIVE);

        Mortal dying = new Mortal();
        dying.dieAt(2, true);
        assertThatThrownBy(() -> world.builder()
                        .secretPrefix(one)
                        .catalog(dying.reaching(ShareCatalog.class, world.catalog))
                        .build()
                        .revoke("tenant-1"))
                .isInstanceOf(Mortal.Dead.class);
        assertThat(first.status("tenant-1").state()).isEqualTo(TenantState.REVOKING);
        assertThat(second.tenants()).isEmpty();
        assertCode("sharing.refused", () -> second.revoke("tenant-1"));
        assertThat(first.reconcile().removed()).containsExactly("tenant-1");
    }

    @Test
    void a_recipient_of_somebody_else_is_left_as_it_is() {
        world.catalog.ensureShare(Share.of("partners", SharedTable.of("main.other.table", "other.table")));
        world.catalog.ensureRecipient(Recipient.of("acme"));
        world.catalog.ensureGrant("partners", "acme");
        world.catalog.ensureRecipient(Recipient.of("globex").withProperties(Map.of("tenant", "another")));
        for (String id : List.of("acme", "globex")) {
            assertCode("sharing.refused", () -> manager.provision(id));
            assertCode("sharing.refused", () -> manager.rotate(id, Duration.ZERO));
            assertCode("sharing.refused", () -> manager.revoke(id));
        }
        assertThat(manager.tenants()).isEmpty();
        assertThat(manager.reconcile().checked()).isZero();
        assertThat(world.catalog.grants("acme")).containsExactly("partners");
        assertThat(world.secrets.names()).isEmpty();
    }

    @Test
    void a_tenant_of_the_original_middleware_is_taken_over_with_its_token() {
        world.catalog.ensureShare(Share.of(
                "tenant-1_partitioned_platform_usage", SharedTable.of("main.usage.platform", "usage.platform")));
        world.catalog.ensureRecipient(Recipient.of("tenant-1"));
        world.catalog.ensureGrant("tenant-1_partitioned_platform_usage", "tenant-1");
        ShareProfile old = world.catalog.activate("tenant-1").orElseThrow();
        world.secrets.put("tenant-1", old.json());
        assertThat(manager.tenants()).isEmpty();

        assertThat(manager.provision("tenant-1").sameAs(old)).isTrue();
        world.assertExactly("taken over", "tenant-1");
    }

    @Test
    void a_profile_that_was_handed_out_and_never_stored_is_replaced() {
        manager.provision("tenant-1");
        world.secrets.remove("tenant-1");
        assertThat(manager.status("tenant-1").state()).isEqualTo(TenantState.INCOMPLETE);
        ReconcileReport report = manager.reconcile();
        assertThat(report.repaired()).containsExactly("tenant-1");
        world.assertExactly("repaired", "tenant-1");
    }

    @Test
    void a_rotation_that_took_effect_after_its_caller_gave_up_is_found() {
        ShareProfile old = manager.provision("tenant-1");
        world.clock.advance(DAY);
        DeltaSharingManager unlucky = world.builder()
                .catalog(with("rotate", () -> {
                    throw KeywharfException.retryable("catalog.unavailable", "tenant-1", "No answer in time");
                }))
                .build();
        assertCode("catalog.unavailable", () -> unlucky.rotate("tenant-1", Duration.ofHours(1)));
        assertThat(manager.provision("tenant-1").sameAs(old)).isTrue();

        assertThat(world.catalog.rotate("tenant-1", Duration.ofHours(1)).sameAs(old))
                .isFalse();
        assertThat(manager.status("tenant-1").state()).isEqualTo(TenantState.STALE);
        assertThat(world.opens(manager.profile("tenant-1"))).isTrue();
        // The catalog issues no third token before the grace is over.
        assertThat(manager.reconcile().failed().get("tenant-1").code()).isEqualTo("catalog.conflict");
        world.clock.advance(Duration.ofHours(1));
        assertThat(manager.reconcile().repaired()).containsExactly("tenant-1");
        world.assertExactly("repaired", "tenant-1");
    }

    @Test
    void a_rotation_within_a_second_of_another_that_was_never_stored_is_found() {
        ShareProfile first = manager.provision("tenant-1");
        DeltaSharingManager unlucky =
                world.builder().secrets(new FailingSecrets(world.secrets)).build();
        assertCode("secret.unavailable", () -> unlucky.rotate("tenant-1", Duration.ZERO));
        assertThat(world.opens(first)).isFalse();
        assertThat(manager.status("tenant-1").state()).isEqualTo(TenantState.STALE);
        assertThat(manager.reconcile().repaired()).containsExactly("tenant-1");
        assertThat(world.opens(manager.profile("tenant-1"))).isTrue();
        world.assertExactly("repaired", "tenant-1");
    }

    @Test
    void what_is_stored_beside_a_profile_is_not_handed_out() {
        ShareProfile profile = manager.provision("tenant-1");
        String stored = world.secrets.secret("tenant-1").reveal();
        assertThat(stored).endsWith(",\"keywharf\":{\"tenant\":\"tenant-1\",\"token\":\"token-1\"}}");
        assertThat(profile.json().reveal() + manager.profile("tenant-1").json().reveal())
                .doesNotContain("keywharf");
        // A catalog that fails once the token is issued does not keep its profile from being stored.
        world.clock.advance(DAY);
        int[] calls = {0};
        DeltaSharingManager unlucky = world.builder()
                .catalog(with("findRecipient", () -> {
                    if (++calls[0] > 1) {
                        throw KeywharfException.retryable("catalog.unavailable", "tenant-1", "No answer in time");
                    }
                }))
                .build();
        ShareProfile second = unlucky.rotate("tenant-1", Duration.ZERO);
        assertThat(calls[0]).isEqualTo(2);
        assertThat(manager.profile("tenant-1").sameAs(second)).isTrue();
        world.assertExactly("stored", "tenant-1");
    }

    @Test
    void a_token_that_ended_is_replaced_when_asked_for_and_otherwise_reported() {
        manager.provision("tenant-1");
        world.clock.advance(Duration.ofDays(60));
        manager.provision("tenant-2");
        assertThat(manager.expiring(Duration.ofDays(29))).isEmpty();
        assertThat(manager.expiring(Duration.ofDays(30)))
                .containsExactly(new TenantExpiry(
                        "tenant-1", Optional.of(world.clock.instant().plus(Duration.ofDays(30)))));
        assertThat(manager.expiring(Duration.ofDays(100)))
                .extracting(TenantExpiry::tenant)
                .containsExactly("tenant-1", "tenant-2");

        world.clock.advance(Duration.ofDays(40));
        assertThat(manager.status("tenant-1").state()).isEqualTo(TenantState.EXPIRED);
        assertThat(manager.expiring(Duration.ZERO)).containsExactly(new TenantExpiry("tenant-1", Optional.empty()));
        ReconcileReport report = manager.reconcile();
        assertThat(report.expired()).containsExactly("tenant-1");
        assertThat(report.repaired()).isEmpty();

        assertThat(world.opens(manager.provisionNew("tenant-1"))).isTrue();
        world.assertExactly("renewed", "tenant-1", "tenant-2");
    }

    @ParameterizedTest
    @EnumSource
    void a_changed_plan_reaches_all_tenants(SharingLayout layout) {
        SharingWorld place = new SharingWorld(layout);
        ShareProfile profile = place.manager().provision("tenant-1");
        place.manager().provision("tenant-2");
        DeltaSharingManager changed = place.builder()
                .plan(place.plan.withHistory(false).withTable("main.usage.daily", "usage.daily", "client_space_uid"))
                .addresses(tenant -> tenant.equals("tenant-1") ? List.of("192.0.2.0/24") : List.of())
                .build();
        ReconcileReport report = changed.reconcile();
        assertThat(report.checked()).isEqualTo(2);
        assertThat(report.repaired()).isEmpty();
        assertThat(report.failed()).isEmpty();
        assertThat(place.catalog.readable("tenant-1"))
                .hasSize(3)
                .anyMatch(line -> line.endsWith(": usage.daily for tenant-1"));
        assertThat(place.catalog.shares())
                .allSatisfy(share -> assertThat(share.tables()).noneMatch(SharedTable::history));
        assertThat(place.recipient("tenant-1").addresses()).containsExactly("192.0.2.0/24");
        assertThat(place.recipient("tenant-2").addresses()).isEmpty();
        assertThat(changed.profile("tenant-1").sameAs(profile)).isTrue();
    }

    @Test
    void one_tenant_that_fails_does_not_keep_the_next_from_being_reconciled() {
        manager.provision("tenant-1");
        manager.provision("tenant-2");
        manager.provision("tenant-3");
        world.secrets.put("tenant-1", Secret.of("{}"));
        world.secrets.remove("tenant-2");
        world.catalog.removeGrant("tenant-3_partitioned_platform_usage", "tenant-3");
        ReconcileReport report = manager.reconcile();
        assertThat(report.failed()).containsOnlyKeys("tenant-1");
        assertThat(report.repaired()).containsExactly("tenant-2");
        assertThat(manager.status("tenant-3").state()).isEqualTo(TenantState.ACTIVE);
        assertThat(report).hasToString("3 tenants, repaired [tenant-2], removed [], expired [], failed [tenant-1]");
    }

    @Test
    void a_share_that_somebody_else_granted_is_reported_and_left() {
        manager.provision("tenant-1");
        world.catalog.ensureShare(Share.of("extra", SharedTable.of("main.other.table", "other.table")));
        world.catalog.ensureGrant("extra", "tenant-1");
        manager.provision("tenant-1");
        assertThat(manager.status("tenant-1").otherShares()).containsExactly("extra");
        manager.revoke("tenant-1");
        assertThat(world.catalog.grants("tenant-1")).isEmpty();
        assertThat(world.catalog.findShare("extra")).isPresent();
    }

    @Test
    void callers_at_the_same_time_get_one_profile() {
        // Two processes of two callers each.
        List<DeltaSharingManager> processes = List.of(world.manager(), world.manager());
        CyclicBarrier start = new CyclicBarrier(4);
        List<CompletableFuture<ShareProfile>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            DeltaSharingManager process = processes.get(i % 2);
            calls.add(Background.supply(() -> {
                try {
                    start.await();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                return process.provision("tenant-1");
            }));
        }
        List<ShareProfile> profiles =
                calls.stream().map(CompletableFuture::join).toList();
        assertThat(profiles)
                .allSatisfy(
                        profile -> assertThat(profile.sameAs(profiles.get(0))).isTrue());
        world.assertExactly("at the same time", "tenant-1");
        assertThat(world.events).hasSize(1);
    }

    @Test
    void another_process_waits_for_a_catalog_that_answers_late() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch waits = new CountDownLatch(1);
        CountDownLatch answers = new CountDownLatch(1);
        DeltaSharingManager slow = world.builder()
                .catalog(with("activate", () -> {
                    asked.countDown();
                    await(answers);
                }))
                .build();
        DeltaSharingManager another = world.builder()
                .pause(time -> {
                    waits.countDown();
                    Thread.sleep(1);
                })
                .patience(Duration.ofHours(1))
                .build();
        CompletableFuture<ShareProfile> first = Background.supply(() -> slow.provision("tenant-1"));
        asked.await();
        assertCode(
                "sharing.busy",
                () -> world.builder().patience(Duration.ZERO).build().rotate("tenant-1", Duration.ZERO));
        CompletableFuture<ShareProfile> second = Background.supply(() -> another.provision("tenant-1"));
        waits.await();
        assertThat(second).isNotDone();
        answers.countDown();
        assertThat(second.join().sameAs(first.join())).isTrue();
        world.assertExactly("answered late", "tenant-1");
    }

    @Test
    void a_process_that_was_away_too_long_stores_nothing() {
        DeltaSharingManager slow = world.builder()
                .catalog(with("activate", () -> {
                    // While it is away its lease ends, and another process takes over.
                    world.clock.advance(Duration.ofMinutes(5));
                    world.manager().provision("tenant-1");
                    world.clock.advance(Duration.ofMinutes(5));
                }))
                .build();
        assertCode("store.lease_lost", () -> slow.provision("tenant-1"));
        world.assertExactly("taken over", "tenant-1");
    }

    @Test
    void other_tenants_do_not_wait() {
        DeltaSharingManager[] nested = new DeltaSharingManager[1];
        nested[0] = world.builder()
                .patience(Duration.ZERO)
                .catalog(with("activate", () -> {
                    if (world.catalog.findRecipient("tenant-2").isEmpty()) {
                        Background.run(() -> nested[0].provision("tenant-2")).join();
                    }
                }))
                .build();
        nested[0].provision("tenant-1");
        world.assertExactly("nested", "tenant-1", "tenant-2");
    }

    @Test
    void without_a_store_callers_of_one_manager_still_take_turns() {
        SecretStore secrets = SecretStore.inMemory();
        DeltaSharingManager alone = DeltaSharingManager.builder()
                .catalog(world.catalog)
                .secrets(secrets)
                .plan(SharingWorld.PLAN)
                .clock(world.clock)
                .build();
        List<CompletableFuture<ShareProfile>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            calls.add(Background.supply(() -> alone.provision("tenant-1")));
        }
        Set<String> tokens = new java.util.HashSet<>();
        calls.forEach(call -> tokens.add(token(call.join())));
        assertThat(tokens).hasSize(1);
    }

    @Test
    void no_secret_shows() {
        ShareProfile first = manager.provision("tenant-1");
        world.clock.advance(DAY);
        ShareProfile second = manager.rotate("tenant-1", Duration.ZERO);
        manager.revoke("tenant-1");
        StringBuilder seen = new StringBuilder()
                .append(manager)
                .append(manager.status("tenant-1"))
                .append(first)
                .append(second);
        world.events.forEach(event -> seen.append(event).append(event.message()).append(event.facts()));
        assertThat(world.events).hasSize(3);
        assertThat(seen.toString()).doesNotContain(token(first)).doesNotContain(token(second));
    }

    @Test
    void a_builder_names_what_it_lacks() {
        assertThatThrownBy(() -> DeltaSharingManager.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("catalog");
        assertThatThrownBy(() -> DeltaSharingManager.builder().secretPrefix("a_b"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> manager.rotate("tenant-1", Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** The catalog, of which something happens before one method. */
    private ShareCatalog with(String name, Runnable before) {
        return (ShareCatalog) Proxy.newProxyInstance(
                ShareCatalog.class.getClassLoader(), new Class<?>[] {ShareCatalog.class}, (self, method, arguments) -> {
                    if (method.getName().equals(name)) {
                        before.run();
                    }
                    try {
                        return method.invoke(world.catalog, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void status_says_what_there_is() {
        Instant end = world.clock.instant().plus(SharingWorld.VALIDITY);
        manager.provision("tenant-1");
        assertThat(manager.status("tenant-1"))
                .hasToString("tenant-1 ACTIVE, expires " + end + ", share tenant-1_partitioned_platform_usage");
    }
}
