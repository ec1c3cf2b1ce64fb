package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Backoff;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.secretsmanager.model.DecryptionFailureException;
import software.amazon.awssdk.services.secretsmanager.model.InvalidRequestException;
import software.amazon.awssdk.services.secretsmanager.model.ResourceExistsException;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;

/** Secrets in Secrets Manager. */
final class SecretsManagerStore implements SecretStore {
    /** Half a minute in all: a name whose secret was just removed takes some seconds to be free. */
    private static final int ATTEMPTS = 6;

    private static final Backoff WAITS = Backoff.doubling(Duration.ofSeconds(1), Duration.ofSeconds(8));

    /** Of names and ARNs. */
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9/_+=.@:!-]{1,2048}");

    private final AwsClients clients;

    SecretsManagerStore(AwsClients clients) {
        this.clients = clients;
    }

    @Override
    public Optional<Secret> find(String name) {
        Objects.requireNonNull(name, "name");
        if (!ALLOWED.matcher(name).matches()) {
            return Optional.empty();
        }
        return call(name, () -> {
            try {
                String text = clients.secrets()
                        .getSecretValue(request -> request.secretId(name))
                        .secretString();
                if (text == null) {
                    throw new KeywharfException(
                            "secret.unreadable", name, "The secret is binary; store it as text (SecretString)");
                }
                return Optional.of(Secret.of(text));
            } catch (ResourceNotFoundException e) {
                return Optional.empty();
            } catch (InvalidRequestException e) {
                requireDeletion(e);
                return Optional.empty();
            }
        });
    }

    /** Throws it again unless the secret is marked for deletion or being deleted, which only the text says. */
    private static void requireDeletion(InvalidRequestException e) {
        if (!said(e).toLowerCase(Locale.ROOT).contains("delet")) {
            throw e;
        }
    }

    private static String said(InvalidRequestException e) {
        return e.awsErrorDetails() == null
                ? ""
                : String.valueOf(e.awsErrorDetails().errorMessage());
    }

    private static <T> T call(String name, Supplier<T> request) {
        try {
            return request.get();
        } catch (DecryptionFailureException e) {
            throw new KeywharfException(
                    "secret.denied", name, "The key of the secret cannot be used; grant kms:Decrypt on it", e);
        } catch (InvalidRequestException e) {
            throw new KeywharfException(
                    "secret.refused",
                    name,
                    "Secrets Manager refuses this: '" + Cut.printable(said(e), 200)
                            + "'; see whether another service manages the secret",
                    e);
        } catch (SdkException e) {
            throw AwsErrors.map("secret", name, e);
        }
    }

    @Override
    public void put(String name, Secret secret) {
        SecretStore.checkName(name);
        String text = secret.reveal();
        if (text.getBytes(StandardCharsets.UTF_8).length > MAX_SECRET_BYTES) {
            throw new KeywharfException(
                    "secret.too_large",
                    name,
                    "The secret has more than " + MAX_SECRET_BYTES + " bytes; keep it elsewhere");
        }
        InvalidRequestException busy = null;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            busy = call(name, () -> tried(name, text));
            if (busy == null) {
                return;
            }
            clients.pause().of(WAITS.pause(attempt), name);
        }
        throw KeywharfException.retryable(
                "secret.unavailable", name, "The secret of this name is still being deleted; try again later", busy);
    }

    /** Null, or why it is to be tried again: the secret comes and goes meanwhile. */
    private @Nullable InvalidRequestException tried(String name, String text) {
        try {
            write(name, text);
            return null;
        } catch (ResourceNotFoundException e) {
            return created(name, text);
        } catch (InvalidRequestException e) {
            requireDeletion(e);
            return restored(name, text, e);
        }
    }

    private void write(String name, String text) {
        clients.secrets().putSecretValue(request -> request.secretId(name).secretString(text));
    }

    private @Nullable InvalidRequestException created(String name, String text) {
        try {
            clients.secrets().createSecret(request -> request.name(name).secretString(text));
            return null;
        } catch (ResourceExistsException e) {
            write(name, text);
            return null;
        } catch (InvalidRequestException e) {
            requireDeletion(e);
            return e;
        }
    }

    /** Readers find the old value until the new one is written, so this does not wait between. */
    private @Nullable InvalidRequestException restored(String name, String text, InvalidRequestException marked) {
        try {
            clients.secrets().restoreSecret(request -> request.secretId(name));
            write(name, text);
            return null;
        } catch (ResourceNotFoundException | InvalidRequestException e) {
            marked.addSuppressed(e);
            return marked;
        }
    }

    @Override
    public void remove(String name) {
        SecretStore.checkName(name);
        call(name, () -> {
            try {
                clients.secrets().deleteSecret(request -> request.secretId(name).forceDeleteWithoutRecovery(true));
            } catch (ResourceNotFoundException e) {
                // There is none.
            }
            return true;
        });
    }

    @Override
    public List<String> names() {
        return call(
                "secrets",
                () -> clients.secrets().listSecretsPaginator(request -> request.maxResults(100)).stream()
                        .flatMap(page -> page.secretList().stream())
                        .map(SecretListEntry::name)
                        .filter(SecretsManagerStore::isOfAStore)
                        .sorted()
                        .toList());
    }

    /** Others have names with slashes, which no store has. */
    private static boolean isOfAStore(String name) {
        return name.length() <= MAX_NAME
                && name.chars().allMatch(c -> c == '-' || (c < 128 && Character.isLetterOrDigit(c)));
    }

    @Override
    public String toString() {
        return "AWS Secrets Manager";
    }
}
