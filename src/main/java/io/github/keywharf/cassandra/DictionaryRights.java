package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.dictionary.DictionaryGrant;
import io.github.keywharf.dictionary.DictionaryRole;
import io.github.keywharf.dictionary.DictionaryScope;
import io.github.keywharf.dictionary.DictionaryScope.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What the server shows this session of roles and rights. A session that may list everyone's rights (a superuser, or a role
 * with DESCRIBE on all roles) sees all. Any other sees its own role and those it is a member of, and is shown what they
 * have a right on.
 *
 * @param scope how much may be shown
 * @param roles those that may be seen
 * @param grants those that may be seen
 */
record DictionaryRights(DictionaryScope scope, List<DictionaryRole> roles, List<DictionaryGrant> grants) {

    /** Members are asked for one by one, when they are not to be had in one query, up to so many roles. */
    private static final int ROLES_ASKED = 50;

    private static final DictionaryRights UNFILTERED =
            new DictionaryRights(new DictionaryScope(Kind.UNFILTERED, List.of()), List.of(), List.of());

    static DictionaryRights of(DictionaryRows rows, boolean filter) {
        try {
            List<Row> everyones = rows.rows("LIST ALL PERMISSIONS");
            return new DictionaryRights(
                    new DictionaryScope(filter ? Kind.ALL : Kind.UNFILTERED, List.of()),
                    roles(rows, rows.permitted("LIST ROLES").orElse(List.of())),
                    grants(everyones));
        } catch (CompletionException e) {
            Throwable cause = CassandraErrors.unwrapped(e);
            if (isUnenforced(cause)) {
                return new DictionaryRights(
                        new DictionaryScope(filter ? Kind.UNENFORCED : Kind.UNFILTERED, List.of()),
                        roles(rows, rows.permitted("LIST ROLES").orElse(List.of())),
                        List.of());
            }
            if (CassandraErrors.isDenied(cause)) {
                return ownRights(rows, filter);
            }
            if (!filter) {
                return UNFILTERED;
            }
            throw unknown(e);
        }
    }

    /** Both are what servers answer that let everybody do everything: one by its authorizer, one by its authenticator. */
    private static boolean isUnenforced(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        return (cause instanceof InvalidQueryException && message.contains("AllowAllAuthorizer"))
                || (cause instanceof UnauthorizedException && message.contains("not anonymous"));
    }

    private static DictionaryRights ownRights(DictionaryRows rows, boolean filter) {
        List<Row> own;
        List<Row> rights = new ArrayList<>();
        try {
            own = rows.rows("LIST ROLES");
            for (Row role : own) {
                rights.addAll(rows.rows("LIST ALL PERMISSIONS OF " + quoted(role.getString("role")) + " NORECURSIVE"));
            }
        } catch (CompletionException e) {
            if (!filter) {
                return UNFILTERED;
            }
            throw unknown(e);
        }
        List<DictionaryRole> roles = roles(rows, own);
        List<DictionaryGrant> grants = grants(rights);
        List<String> names = roles.stream().map(DictionaryRole::name).toList();
        boolean everything = roles.stream().anyMatch(DictionaryRole::superuser) || DictionarySight.seesAll(grants);
        DictionaryScope scope = !filter
                ? new DictionaryScope(Kind.UNFILTERED, List.of())
                : everything ? new DictionaryScope(Kind.ALL, List.of()) : new DictionaryScope(Kind.GRANTED, names);
        return new DictionaryRights(scope, roles, grants);
    }

    private static KeywharfException unknown(CompletionException e) {
        return new KeywharfException(
                "dictionary.rights_unknown",
                "dictionary",
                "The server does not list what this session has rights on, so what it may see is not known;"
                        + " withGrantFilter(false) shows all that the server shows",
                CassandraErrors.of("dictionary", "The rights cannot be listed", e));
    }

    private static List<DictionaryRole> roles(DictionaryRows rows, List<Row> listed) {
        Map<String, Set<String>> memberOf = memberships(rows, listed);
        List<DictionaryRole> roles = new ArrayList<>();
        for (Row row : listed) {
            String name = String.valueOf(row.getString("role"));
            roles.add(new DictionaryRole(
                    name,
                    row.getBoolean("super"),
                    row.getBoolean("login"),
                    Optional.ofNullable(memberOf.get(name)).map(List::copyOf)));
        }
        return roles;
    }

    private static Map<String, Set<String>> memberships(DictionaryRows rows, List<Row> listed) {
        Map<String, Set<String>> memberOf = new LinkedHashMap<>();
        Optional<List<Row>> all = rows.permitted("SELECT role, member_of FROM system_auth.roles");
        if (all.isPresent()) {
            for (Row row : all.get()) {
                Set<String> roles = row.getSet("member_of", String.class);
                memberOf.put(String.valueOf(row.getString("role")), roles == null ? Set.of() : roles);
            }
            return memberOf;
        }
        if (listed.size() > ROLES_ASKED) {
            return memberOf;
        }
        for (Row row : listed) {
            String name = String.valueOf(row.getString("role"));
            rows.permitted("LIST ROLES OF " + quoted(name) + " NORECURSIVE").ifPresent(granted -> {
                Set<String> roles = new LinkedHashSet<>();
                granted.forEach(role -> roles.add(String.valueOf(role.getString("role"))));
                roles.remove(name);
                memberOf.put(name, roles);
            });
        }
        return memberOf;
    }

    private static List<DictionaryGrant> grants(List<Row> rows) {
        Map<String, Map<String, Set<String>>> grants = new TreeMap<>();
        for (Row row : rows) {
            String resource = String.valueOf(row.getString("resource"));
            String plain = resource.startsWith("<") && resource.endsWith(">")
                    ? resource.substring(1, resource.length() - 1)
                    : resource;
            grants.computeIfAbsent(String.valueOf(row.getString("role")), role -> new TreeMap<>())
                    .computeIfAbsent(plain, unknown -> new TreeSet<>())
                    .add(String.valueOf(row.getString("permission")));
        }
        List<DictionaryGrant> list = new ArrayList<>();
        grants.forEach((role, resources) -> resources.forEach(
                (resource, permissions) -> list.add(new DictionaryGrant(role, resource, List.copyOf(permissions)))));
        return list;
    }

    private static String quoted(@Nullable String name) {
        return CqlIdentifier.fromInternal(String.valueOf(name)).asCql(false);
    }
}
