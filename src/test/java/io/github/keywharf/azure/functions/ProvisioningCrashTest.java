package io.github.keywharf.azure.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.keywharf.azure.AzureLogin;
import io.github.keywharf.azure.KeyVaultSecrets;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.ShareCredentials;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.databricks.DatabricksCatalog;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretStore;
import io.github.keywharf.sharing.DeltaSharingManager;
import io.github.keywharf.sharing.SharingPlan;
import io.github.keywharf.testing.azure.FakeEntra;
import io.github.keywharf.testing.azure.FakeKeyVault;
import io.github.keywharf.testing.databricks.FakeUnityCatalog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whichever call to Databricks or Key Vault a process dies at, the next process finishes what it began. */
class ProvisioningCrashTest {
    private enum When {
        BEFORE_THE_CALL,
        AFTER_THE_CALL
    }

    /** The end of a process. */
    private static final class Death extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static final class World {
        private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T12:00:00Z"));
        private final InstantSource clock = now::get;
        private final FakeEntra entra = new FakeEntra(clock);
        private final FakeKeyVault vault = new FakeKeyVault(entra, clock);
        private final FakeUnityCatalog workspace = new FakeUnityCatalog(clock);
        private final AtomicInteger calls = new AtomicInteger();

        World() {
            workspace.table("main.usage.platform", "client_space_uid");
        }

        /** A process that dies at its n-th call, a minute after the one before. */
        DeltaSharingManager process(int n, When when) {
            now.updateAndGet(time -> time.plusSeconds(60));
            calls.set(0);
            UnaryOperator<HttpHandler> mortal = service -> request -> {
                int call = calls.incrementAndGet();
                if (call > n || (call == n && when == When.BEFORE_THE_CALL)) {
                    throw new Death();
                }
                HttpResponse response = service.handle(request);
                if (call == n) {
                    throw new Death();
                }
                return response;
            };
            return DeltaSharingManager.builder()
                    .catalog(catalog(mortal.apply(workspace)))
                    .secrets(secrets(mortal.apply(vault.withEntra())))
                    .plan(SharingPlan.of("main.usage.platform", "usage.platform", "client_space_uid"))
                    .clock(clock)
                    .build();
        }

        ShareCatalog catalog(HttpHandler client) {
            return DatabricksCatalog.builder()
                    .host("dbc.azuredatabricks.net")
                    .credentials(FakeUnityCatalog.CLIENT_ID, Secret.of(FakeUnityCatalog.CLIENT_SECRET))
                    .http(client)
                    .clock(clock)
                    .build();
        }

        SecretStore secrets(HttpHandler client) {
            return KeyVaultSecrets.builder()
                    .vault("acme-sharing")
                    .credentials(AzureLogin.clientCredentials(
                            FakeEntra.TENANT, FakeEntra.CLIENT_ID, Secret.of(FakeEntra.CLIENT_SECRET)))
                    .http(client)
                    .clock(clock)
                    .build();
        }

        boolean opens(ShareProfile profile) {
            return workspace.opens(
                    ((ShareCredentials.Bearer) profile.credentials()).token().reveal());
        }
    }

    /** Kills processes at each call of an action, until one lives through all of it; returns how many died. */
    private static int each(
            When when, Consumer<World> before, Consumer<DeltaSharingManager> action, Consumer<World> check) {
        for (int n = 1; n < 200; n++) {
            World world = new World();
            before.accept(world);
            DeltaSharingManager mortal = world.process(n, when);
            Throwable end = catchThrowable(() -> action.accept(mortal));
            if (end == null) {
                return n - 1;
            }
            assertThat(end).as("call " + n).isInstanceOf(Death.class);
            check.accept(world);
        }
        throw new AssertionError("The action has no end");
    }

    private static void provisioned(World world) {
        DeltaSharingManager next = world.process(Integer.MAX_VALUE, When.AFTER_THE_CALL);
        ShareProfile profile = next.provision("acme");
        assertThat(world.opens(profile)).isTrue();
        assertThat(next.profile("acme").sameAs(profile)).isTrue();
        assertThat(world.workspace.shareNames()).containsExactly("acme_partitioned_platform_usage");
        assertThat(world.workspace.recipientNames()).containsExactly("acme");
        assertThat(world.catalog(world.workspace).grants("acme")).containsExactly("acme_partitioned_platform_usage");
        assertThat(world.secrets(world.vault.withEntra()).names()).containsExactly("acme");
    }

    @ParameterizedTest
    @EnumSource
    void a_provisioning_that_died_at_any_call_is_finished_by_the_next(When when) {
        int died = each(when, world -> {}, manager -> manager.provision("acme"), ProvisioningCrashTest::provisioned);
        assertThat(died).isGreaterThan(8);
    }

    @ParameterizedTest
    @EnumSource
    void a_rotation_that_died_at_any_call_leaves_a_tenant_that_can_be_repaired(When when) {
        int died = each(
                when,
                ProvisioningCrashTest::provisioned,
                manager -> manager.rotate("acme", Duration.ZERO),
                ProvisioningCrashTest::provisioned);
        assertThat(died).isGreaterThan(3);
    }

    @ParameterizedTest
    @EnumSource
    void a_revocation_that_died_at_any_call_is_finished_by_the_next(When when) {
        int died = each(when, ProvisioningCrashTest::provisioned, manager -> manager.revoke("acme"), world -> {
            world.process(Integer.MAX_VALUE, When.AFTER_THE_CALL).revoke("acme");
            assertThat(world.workspace.shareNames()).isEmpty();
            assertThat(world.workspace.recipientNames()).isEmpty();
            assertThat(world.secrets(world.vault.withEntra()).names()).isEmpty();
            provisioned(world);
        });
        assertThat(died).isGreaterThan(3);
    }
}
