package io.github.keywharf.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.Organisation;
import io.github.keywharf.testing.ManualClock;
import io.github.keywharf.testing.RecordingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TenantProfilesTest {
    private static final Organisation ONE = Organisation.of("customer-1");

    @TempDir
    Path directory;

    private final ManualClock clock = new ManualClock();
    private final RecordingListener events = new RecordingListener();

    private void write(String name, int files) throws IOException {
        Files.writeString(directory.resolve(name), "{\"number_files\": " + files + "}");
    }

    private TenantProfiles profiles() {
        return TenantProfiles.directory(directory, clock, events);
    }

    private TenantProfiles after(TenantProfiles profiles) {
        clock.advance(TenantProfiles.DEFAULT_REFRESH);
        return profiles;
    }

    private static int files(TenantProfiles profiles, String tenant) {
        return profiles.find(Organisation.of(tenant))
                .map(profile -> profile.constraints().numberFiles())
                .orElse(-1);
    }

    @Test
    void tenants_are_added_changed_and_removed_while_they_are_in_use() throws IOException {
        TenantProfiles profiles = profiles();
        assertThat(profiles.all()).isEmpty();

        write("customer-1.json", 1);
        write("customer-2.json", 2);
        Files.writeString(directory.resolve("README.txt"), "not a profile");
        write(".hidden.json", 3);
        assertThat(after(profiles).all().keySet()).containsExactly(ONE, Organisation.of("customer-2"));
        write("customer-1.json", 5);
        Files.delete(directory.resolve("customer-2.json"));
        assertThat(files(profiles, "customer-1")).isEqualTo(1);
        assertThat(files(after(profiles), "customer-1")).isEqualTo(5);
        assertThat(profiles.all()).hasSize(1);
        assertThat(events.events()).isEmpty();
    }

    @Test
    void a_profile_that_breaks_is_reported_once_and_the_one_before_stays() throws IOException {
        write("customer-1.json", 1);
        TenantProfiles profiles = profiles();
        assertThat(files(profiles, "customer-1")).isEqualTo(1);
        Files.writeString(directory.resolve("customer-1.json"), "{\"number_files\": \"many\"}");
        for (int i = 0; i < 3; i++) {
            assertThat(files(after(profiles), "customer-1")).isEqualTo(1);
        }

        assertThat(events.named("batch.tenant.trouble")).singleElement().satisfies(trouble -> {
            assertThat(trouble.subject()).isEqualTo(ONE.id());
            assertThat(trouble.message()).contains("number_files is \"many\"", "the profile before stays in force");
        });
        write("customer-1.json", 7);
        assertThat(files(after(profiles), "customer-1")).isEqualTo(7);
        Files.writeString(directory.resolve("customer-1.json"), "{\"number_files\": \"many\"}");
        assertThat(files(after(profiles), "customer-1")).isEqualTo(7);
        assertThat(events.events()).hasSize(2);
    }

    @Test
    void a_link_is_not_followed() throws IOException {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("x"), "{}");
        Files.createSymbolicLink(directory.resolve("customer-1.json"), elsewhere.resolve("x"));
        TenantProfiles profiles = profiles();

        assertThat(profiles.all()).isEmpty();
        assertThat(after(profiles).all()).isEmpty();
        assertThat(events.named("batch.tenant.trouble"))
                .singleElement()
                .satisfies(trouble -> assertThat(trouble.message()).contains("links are not followed"));
    }

    @Test
    void a_file_that_is_not_named_after_a_tenant_is_reported() throws IOException {
        write("Customer 1.json", 1);

        assertThat(profiles().all()).isEmpty();
        assertThat(events.named("batch.platform.trouble"))
                .singleElement()
                .satisfies(trouble ->
                        assertThat(trouble.message()).contains("Customer 1.json", "not named after a tenant"));
    }

    @Test
    void a_directory_that_cannot_be_listed_leaves_the_tenants_as_they_are() throws IOException {
        write("customer-1.json", 1);
        TenantProfiles profiles = profiles();
        assertThat(profiles.all()).hasSize(1);
        Path moved = directory.resolveSibling(directory.getFileName() + "-moved");
        Files.move(directory, moved);

        assertThat(after(profiles).all()).hasSize(1);
        assertThat(after(profiles).all()).hasSize(1);
        assertThat(events.named("batch.platform.trouble")).hasSize(1);
        Files.move(moved, directory);
        assertThat(after(profiles).all()).hasSize(1);
    }

    @Test
    void tenants_that_differ_in_a_hyphen_are_two() throws IOException {
        write("a_b.json", 1);
        write("a-b.json", 2);

        TenantProfiles profiles = profiles();
        assertThat(files(profiles, "a_b")).isEqualTo(1);
        assertThat(files(profiles, "a-b")).isEqualTo(2);
    }

    @Test
    void in_memory_the_host_puts_and_removes() {
        TenantProfiles.Editable profiles = TenantProfiles.inMemory();
        profiles.put(TenantProfile.builder(ONE).numberFiles(1).build());
        profiles.put(TenantProfile.builder(ONE).numberFiles(2).build());

        assertThat(files(profiles, "customer-1")).isEqualTo(2);
        profiles.remove(ONE);
        profiles.remove(ONE);
        assertThat(profiles.all()).isEmpty();
    }
}
