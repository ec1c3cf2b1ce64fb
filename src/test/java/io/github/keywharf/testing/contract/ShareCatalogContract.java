package io.github.keywharf.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.RecipientState;
import io.github.keywharf.catalog.RecipientToken;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.ShareCredentials;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.catalog.TenantFilter;
import io.github.keywharf.testing.Background;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What every {@link ShareCatalog} keeps to. Extend it to test an implementation of your own. */
public abstract class ShareCatalogContract {
    private static final Duration HOUR = Duration.ofHours(1);

    /** For subclasses. */
    protected ShareCatalogContract() {}

    /** A catalog without shares and recipients. */
    protected abstract ShareCatalog catalog() throws Exception;

    /** The source of one of three tables that the catalog can share, by its number from 0 to 2, each partitioned by {@code client_space_uid}. */
    protected abstract String source(int number);

    /** The source of a table that does not exist, or empty where the catalog does not look. */
    protected Optional<String> missingSource() {
        return Optional.empty();
    }

    /** The catalog's time. */
    protected Instant now() {
        return Instant.now();
    }

    /** Whether somebody can read with a profile now, or empty where that cannot be found out. */
    protected Optional<Boolean> opens(ShareProfile profile) {
        return Optional.empty();
    }

    /** A name that the catalog takes although it is hard on addresses and quotes. */
    protected String oddName() {
        return "a%2Fb?x=1&y#z'\"é+";
    }

    /** Whether the validity of a recipient counts for tokens that are made by a rotation. */
    protected boolean rotatesWithValidity() {
        return true;
    }

    private SharedTable table(int number, String as) {
        return SharedTable.of(source(number), as);
    }

    private static void assertCode(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private void assertOpens(ShareProfile profile, boolean expected) {
        opens(profile).ifPresent(opens -> assertThat(opens).isEqualTo(expected));
    }

    @Test
    void a_share_gets_exactly_the_tables_that_are_wanted() throws Exception {
        ShareCatalog catalog = catalog();
        TenantFilter filter = TenantFilter.value("client_space_uid", "tenant-1");
        Share first = Share.of(
                "acme", table(0, "usage.platform").withFilter(filter).withHistory(true), table(1, "usage.daily"));
        assertThat(catalog.findShare("acme")).isEmpty();
        assertThat(catalog.ensureShare(first)).isEqualTo(first);
        assertThat(catalog.findShare("acme")).contains(first);
        assertThat(catalog.ensureShare(first)).isEqualTo(first);
        Share second = Share.of(
                "acme",
                table(0, "usage.platform").withFilter(TenantFilter.recipientProperty("client_space_uid", "tenant")),
                table(2, "other.daily"));
        assertThat(catalog.ensureShare(second)).isEqualTo(second);
        assertThat(catalog.findShare("acme")).contains(second);
        Share third = Share.of("acme", table(1, "usage.platform"));
        assertThat(catalog.ensureShare(third)).isEqualTo(third);
        assertThat(catalog.shares()).containsExactly(third);
    }

    @Test
    void a_share_may_have_no_table_yet() throws Exception {
        ShareCatalog catalog = catalog();
        Share empty = Share.of("acme");
        assertThat(catalog.ensureShare(empty)).isEqualTo(empty);
        assertThat(catalog.findShare("acme")).contains(empty);
    }

    @Test
    void a_table_that_does_not_exist_is_reported() throws Exception {
        if (missingSource().isPresent()) {
            Share share = Share.of("acme", SharedTable.of(missingSource().get(), "usage.platform"));
            ShareCatalog catalog = catalog();
            assertCode("catalog.not_found", () -> catalog.ensureShare(share));
        }
    }

    @Test
    void names_are_compared_without_case() throws Exception {
        ShareCatalog catalog = catalog();
        catalog.ensureShare(Share.of("Acme", table(0, "usage.platform")));
        assertThat(catalog.findShare("ACME")).isPresent();
        catalog.ensureShare(Share.of("aCME", table(0, "usage.platform")));
        assertThat(catalog.shares()).hasSize(1);
        catalog.ensureRecipient(Recipient.of("Acme"));
        assertThat(catalog.findRecipient("ACME")).isPresent();
        catalog.ensureRecipient(Recipient.of("aCME"));
        assertThat(catalog.recipients()).hasSize(1);
        catalog.ensureGrant("ACME", "acme");
        assertThat(catalog.grants("aCmE")).hasSize(1);
        catalog.removeGrant("acme", "ACME");
        assertThat(catalog.grants("acme")).isEmpty();
        catalog.removeShare("acmE");
        catalog.removeRecipient("acmE");
        assertThat(catalog.shares()).isEmpty();
        assertThat(catalog.recipients()).isEmpty();
    }

    @Test
    void lists_are_whole_and_in_order() throws Exception {
        ShareCatalog catalog = catalog();
        assertThat(catalog.shares()).isEmpty();
        assertThat(catalog.recipients()).isEmpty();
        List<String> names =
                IntStream.range(0, 25).mapToObj(i -> "tenant-" + (100 + i)).toList();
        for (String name : names) {
            catalog.ensureShare(Share.of(name, table(0, "usage.platform")));
            catalog.ensureRecipient(Recipient.of(name).withProperties(Map.of("tenant", name)));
        }
        assertThat(catalog.shares()).extracting(Share::name).isEqualTo(names);
        assertThat(catalog.shares())
                .allSatisfy(share -> assertThat(share.tables()).hasSize(1));
        assertThat(catalog.recipients())
                .extracting(state -> state.recipient().name())
                .isEqualTo(names);
        assertThat(catalog.recipients())
                .allSatisfy(state -> assertThat(state.recipient().properties())
                        .isEqualTo(Map.of("tenant", state.recipient().name())));
    }

    @Test
    void odd_names_are_names() throws Exception {
        ShareCatalog catalog = catalog();
        String odd = oddName();
        Share share = Share.of(odd, table(0, "usage.platform").withFilter(TenantFilter.value("client_space_uid", odd)));
        assertThat(catalog.ensureShare(share)).isEqualTo(share);
        catalog.ensureRecipient(Recipient.of(odd).withProperties(Map.of("tenant", odd)));
        catalog.ensureGrant(odd, odd);
        assertThat(catalog.findShare(odd)).contains(share);
        assertThat(catalog.findRecipient(odd).orElseThrow().recipient().properties())
                .isEqualTo(Map.of("tenant", odd));
        assertThat(catalog.grants(odd)).containsExactly(odd);
        assertThat(catalog.activate(odd)).isPresent();
        catalog.rotate(odd, Duration.ZERO);
        catalog.removeGrant(odd, odd);
        catalog.removeRecipient(odd);
        catalog.removeShare(odd);
        assertThat(catalog.findShare(odd)).isEmpty();
        assertThat(catalog.findRecipient(odd)).isEmpty();
    }

    @Test
    void removing_twice_is_removing_once() throws Exception {
        ShareCatalog catalog = catalog();
        catalog.removeShare("acme");
        catalog.removeRecipient("acme");
        catalog.removeGrant("acme", "acme");
        catalog.ensureShare(Share.of("acme", table(0, "usage.platform")));
        catalog.removeGrant("acme", "nobody");
        catalog.ensureRecipient(Recipient.of("acme"));
        catalog.removeGrant("nothing", "acme");
        catalog.removeGrant("acme", "acme");
        catalog.removeShare("acme");
        catalog.removeShare("acme");
        catalog.removeRecipient("acme");
        catalog.removeRecipient("acme");
        assertThat(catalog.findShare("acme")).isEmpty();
        assertThat(catalog.findRecipient("acme")).isEmpty();
    }

    @Test
    void a_recipient_begins_with_a_token_that_awaits_activation() throws Exception {
        ShareCatalog catalog = catalog();
        Recipient wanted = Recipient.of("acme")
                .withProperties(Map.of("tenant", "acme", "plan", "gold"))
                .withAddresses(List.of("192.0.2.0/24", "2001:db8::/32"))
                .validFor(HOUR);
        RecipientState made = catalog.ensureRecipient(wanted);
        assertThat(made.tokens())
                .hasSize(1)
                .allSatisfy(token -> assertThat(token.activated()).isFalse());
        assertThat(made.recipient().properties()).isEqualTo(wanted.properties());
        assertThat(made.recipient().addresses()).isEqualTo(wanted.addresses());
        assertThat(catalog.ensureRecipient(wanted)).isEqualTo(made);
        assertThat(catalog.findRecipient("acme")).contains(made);
    }

    @Test
    void a_recipient_gets_the_properties_and_addresses_that_are_wanted_and_keeps_its_token() throws Exception {
        ShareCatalog catalog = catalog();
        catalog.ensureRecipient(Recipient.of("acme")
                .withProperties(Map.of("tenant", "acme", "plan", "gold"))
                .withAddresses(List.of("192.0.2.7")));
        ShareProfile profile = catalog.activate("acme").orElseThrow();
        RecipientToken token =
                catalog.findRecipient("acme").orElseThrow().newestToken().orElseThrow();
        assertThat(token.activated()).isTrue();

        RecipientState changed =
                catalog.ensureRecipient(Recipient.of("acme").withProperties(Map.of("tenant", "acme-2")));
        assertThat(changed.recipient().properties()).isEqualTo(Map.of("tenant", "acme-2"));
        assertThat(changed.recipient().addresses()).isEmpty();
        assertThat(changed.tokens()).containsExactly(token);
        assertOpens(profile, true);
    }

    @Test
    void a_profile_is_handed_out_once() throws Exception {
        ShareCatalog catalog = catalog();
        assertCode("catalog.not_found", () -> catalog.activate("acme"));
        catalog.ensureRecipient(Recipient.of("acme").validFor(HOUR));
        ShareProfile profile = catalog.activate("acme").orElseThrow();
        assertThat(catalog.activate("acme")).isEmpty();
        assertOpens(profile, true);
        Instant expires = profile.expires().orElseThrow();
        assertThat(expires)
                .isBetween(now().plus(HOUR).minusSeconds(300), now().plus(HOUR).plusSeconds(300));
        assertThat(catalog.findRecipient("acme")
                        .flatMap(RecipientState::newestToken)
                        .flatMap(RecipientToken::expires))
                .hasValueSatisfying(time -> assertThat(time.getEpochSecond()).isEqualTo(expires.getEpochSecond()));
    }

    @Test
    void a_rotation_without_grace_ends_the_token_before() throws Exception {
        ShareCatalog catalog = catalog();
        assertCode("catalog.not_found", () -> catalog.rotate("acme", Duration.ZERO));
        catalog.ensureRecipient(Recipient.of("acme").validFor(HOUR));
        ShareProfile first = catalog.activate("acme").orElseThrow();
        ShareProfile second = catalog.rotate("acme", Duration.ZERO);
        assertThat(second.sameAs(first)).isFalse();
        assertOpens(first, false);
        assertOpens(second, true);
        assertThat(catalog.activate("acme")).isEmpty();
        RecipientToken newest =
                catalog.findRecipient("acme").orElseThrow().newestToken().orElseThrow();
        assertThat(newest.activated()).isTrue();
        assertThat(newest.expires().map(Instant::getEpochSecond))
                .isEqualTo(second.expires().map(Instant::getEpochSecond));
        if (rotatesWithValidity()) {
            assertThat(second.expires().orElseThrow())
                    .isBetween(
                            now().plus(HOUR).minusSeconds(300), now().plus(HOUR).plusSeconds(300));
        }
        ShareProfile third = catalog.rotate("acme", Duration.ZERO);
        assertOpens(second, false);
        assertOpens(third, true);
    }

    @Test
    void a_rotation_with_grace_leaves_the_token_before_for_that_time() throws Exception {
        ShareCatalog catalog = catalog();
        catalog.ensureRecipient(Recipient.of("acme").validFor(HOUR));
        ShareProfile first = catalog.activate("acme").orElseThrow();
        ShareProfile second = catalog.rotate("acme", Duration.ofMinutes(10));
        assertOpens(first, true);
        assertOpens(second, true);
        List<RecipientToken> tokens =
                catalog.findRecipient("acme").orElseThrow().tokens();
        assertThat(tokens).hasSize(2);
        Instant end = now().plus(Duration.ofMinutes(10));
        assertThat(tokens.get(0).expires().orElseThrow()).isBetween(end.minusSeconds(300), end.plusSeconds(300));
    }

    @Test
    void a_grace_never_lengthens_a_life() throws Exception {
        ShareCatalog catalog = catalog();
        catalog.ensureRecipient(Recipient.of("acme").validFor(HOUR));
        ShareProfile first = catalog.activate("acme").orElseThrow();
        catalog.rotate("acme", Duration.ofDays(2));
        assertThat(catalog.findRecipient("acme").orElseThrow().tokens().get(0).expires())
                .hasValueSatisfying(time -> assertThat(time)
                        .isBeforeOrEqualTo(first.expires().orElseThrow().plusSeconds(1)));
    }

    @Test
    void another_rotation_within_the_grace_works_or_names_a_conflict() throws Exception {
        ShareCatalog catalog = catalog();
        catalog.ensureRecipient(Recipient.of("acme").validFor(HOUR));
        ShareProfile first = catalog.activate("acme").orElseThrow();
        ShareProfile second = catalog.rotate("acme", Duration.ofMinutes(10));
        try {
            ShareProfile third = catalog.rotate("acme", Duration.ZERO);
            assertOpens(third, true);
            assertOpens(second, false);
        } catch (KeywharfException e) {
            assertThat(e.code()).isEqualTo("catalog.conflict");
            assertOpens(first, true);
            assertOpens(second, true);
        }
    }

    @Test
    void a_removed_recipient_has_nothing_left_when_its_name_returns() throws Exception {
        ShareCatalog catalog = catalog();
        catalog.ensureShare(Share.of("acme", table(0, "usage.platform")));
        catalog.ensureRecipient(Recipient.of("acme").withProperties(Map.of("tenant", "acme")));
        catalog.ensureGrant("acme", "acme");
        ShareProfile profile = catalog.activate("acme").orElseThrow();
        catalog.removeRecipient("acme");
        assertOpens(profile, false);
        assertThat(catalog.grants("acme")).isEmpty();
        RecipientState again = catalog.ensureRecipient(Recipient.of("acme"));
        assertThat(again.recipient().properties()).isEmpty();
        assertThat(again.tokens()).hasSize(1);
        assertThat(again.tokens().get(0).activated()).isFalse();
        assertThat(catalog.grants("acme")).isEmpty();
        assertOpens(profile, false);
    }

    @Test
    void grants_are_of_shares_and_recipients_that_exist() throws Exception {
        ShareCatalog catalog = catalog();
        assertThat(catalog.grants("acme")).isEmpty();
        catalog.ensureShare(Share.of("one", table(0, "usage.platform")));
        catalog.ensureShare(Share.of("two", table(1, "usage.platform")));
        assertCode("catalog.not_found", () -> catalog.ensureGrant("one", "acme"));
        catalog.ensureRecipient(Recipient.of("acme"));
        catalog.ensureRecipient(Recipient.of("globex"));
        assertCode("catalog.not_found", () -> catalog.ensureGrant("three", "acme"));
        catalog.ensureGrant("one", "acme");
        catalog.ensureGrant("one", "acme");
        catalog.ensureGrant("two", "acme");
        catalog.ensureGrant("one", "globex");
        assertThat(catalog.grants("acme")).containsExactlyInAnyOrder("one", "two");
        assertThat(catalog.grants("globex")).containsExactly("one");
        catalog.removeGrant("one", "acme");
        assertThat(catalog.grants("acme")).containsExactly("two");
        assertThat(catalog.grants("globex")).containsExactly("one");
        catalog.removeShare("two");
        assertThat(catalog.grants("acme")).isEmpty();
        catalog.ensureShare(Share.of("two", table(1, "usage.platform")));
        assertThat(catalog.grants("acme")).isEmpty();
    }

    @Test
    void of_callers_at_the_same_time_one_gets_the_profile() throws Exception {
        ShareCatalog catalog = catalog();
        catalog.ensureRecipient(Recipient.of("acme"));
        List<Optional<ShareProfile>> handedOut = together(4, () -> repeated(() -> catalog.activate("acme")));
        assertThat(handedOut.stream().flatMap(Optional::stream)).hasSize(1);
    }

    @Test
    void callers_at_the_same_time_make_one_share_and_one_recipient() throws Exception {
        ShareCatalog catalog = catalog();
        Share share = Share.of("acme", table(0, "usage.platform"), table(1, "usage.daily"));
        together(
                4,
                () -> repeated(() -> {
                    catalog.ensureShare(share);
                    catalog.ensureRecipient(Recipient.of("acme").withProperties(Map.of("tenant", "acme")));
                    catalog.ensureGrant("acme", "acme");
                    return true;
                }));
        assertThat(catalog.shares()).containsExactly(share);
        assertThat(catalog.recipients()).hasSize(1);
        assertThat(catalog.recipients().get(0).tokens()).hasSize(1);
        assertThat(catalog.grants("acme")).containsExactly("acme");
    }

    private static <T> T repeated(Supplier<T> call) {
        for (int attempt = 1; ; attempt++) {
            try {
                return call.get();
            } catch (KeywharfException e) {
                if (!e.code().equals("catalog.conflict") || attempt == 20) {
                    throw e;
                }
            }
        }
    }

    private static <T> List<T> together(int callers, Supplier<T> call) {
        CyclicBarrier start = new CyclicBarrier(callers);
        List<CompletableFuture<T>> calls = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            calls.add(Background.supply(() -> {
                try {
                    start.await();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                return call.get();
            }));
        }
        return calls.stream().map(CompletableFuture::join).toList();
    }

    @Test
    void no_token_shows() throws Exception {
        ShareCatalog catalog = catalog();
        RecipientState state = catalog.ensureRecipient(Recipient.of("acme"));
        ShareProfile profile = catalog.activate("acme").orElseThrow();
        String token = ((ShareCredentials.Bearer) profile.credentials()).token().reveal();
        assertThat(catalog.toString() + profile + state + catalog.findRecipient("acme") + catalog.recipients())
                .doesNotContain(token);
    }
}
