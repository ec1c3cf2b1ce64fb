package io.github.keywharf.sharing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretStore;
import java.util.Optional;

/**
 * The profiles of tenants in a store of secrets. A secret of a tenant's name that holds anything else, or another tenant's
 * profile, is left alone.
 */
record TenantSecrets(SecretStore store, TenantNames names) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** What a stored profile has more than one that is handed out; clients pass over what they do not know. */
    private static final String OURS = "keywharf";

    /**
     * A profile as it is stored.
     *
     * @param tokenId the catalog's id of its token; empty when the catalog gave none, or another program stored it
     */
    record Stored(ShareProfile profile, Optional<String> tokenId) {}

    Optional<Stored> find(String tenant) {
        String name = names.secret(tenant);
        Optional<Secret> found = store.find(name);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (Secret secret = found.get()) {
            ShareProfile profile = profile(name, secret);
            JsonNode ours = JSON.readTree(secret.reveal()).path(OURS);
            if (!ours.path("tenant").asText(tenant).equals(tenant)) {
                throw new KeywharfException(
                        "sharing.refused",
                        name,
                        "The secret of this name has the profile of another tenant, and is neither shown nor changed; give"
                                + " managers that store profiles in one place prefixes of which none begins with another");
            }
            return Optional.of(
                    new Stored(profile, Optional.ofNullable(ours.get("token")).map(JsonNode::asText)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A profile is JSON");
        }
    }

    private static ShareProfile profile(String name, Secret secret) {
        try {
            return ShareProfile.parse(secret);
        } catch (KeywharfException e) {
            throw new KeywharfException(
                    "sharing.refused",
                    name,
                    "The secret of this name is not a profile, and is neither shown nor changed; remove it if nothing else"
                            + " needs it, or give the secrets of tenants a prefix",
                    e);
        }
    }

    void put(String tenant, Stored stored) {
        try (Secret profile = stored.profile().json()) {
            ObjectNode json = (ObjectNode) JSON.readTree(profile.reveal());
            ObjectNode ours = json.putObject(OURS).put("tenant", tenant);
            stored.tokenId().ifPresent(id -> ours.put("token", id));
            try (Secret secret = Secret.of(json.toString())) {
                store.put(names.secret(tenant), secret);
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A profile is JSON");
        }
    }

    /** Removes the tenant's profile; returns whether there was one. */
    boolean remove(String tenant) {
        boolean present = find(tenant).isPresent();
        if (present) {
            store.remove(names.secret(tenant));
        }
        return present;
    }

    @Override
    public String toString() {
        return store.toString();
    }
}
