package io.github.keywharf.http;

import io.github.keywharf.KeywharfException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Errors of failed exchanges, by their cause. */
final class ClientErrors {
    private ClientErrors() {}

    static KeywharfException of(String subject, Throwable failure) {
        if (failure instanceof KeywharfException error) {
            return error;
        }
        if (has(failure, UnresolvedAddressException.class) || has(failure, UnknownHostException.class)) {
            return KeywharfException.retryable(
                    HttpClients.UNREACHABLE, subject, "The host is not known; check its name and the DNS", failure);
        }
        if (has(failure, HttpConnectTimeoutException.class)) {
            return KeywharfException.retryable(
                    HttpClients.UNREACHABLE,
                    subject,
                    "Connecting took too long; check host, port and firewall",
                    failure);
        }
        if (has(failure, ConnectException.class)) {
            return KeywharfException.retryable(
                    HttpClients.UNREACHABLE,
                    subject,
                    "The connection was refused; check host, port and network",
                    failure);
        }
        if (has(failure, SSLException.class)) {
            return new KeywharfException(
                    HttpClients.TLS_FAILED,
                    subject,
                    hasMessage(failure, "plaintext connection")
                            ? "The server does not speak TLS at this port; check the port, or use http if that is meant"
                            : "TLS cannot be agreed on; check the host's name, its certificate, and which authorities are"
                                    + " trusted",
                    failure);
        }
        return KeywharfException.retryable(
                HttpClients.BROKEN,
                subject,
                "The connection was lost, or the answer is not HTTP; the request may have been carried out",
                failure);
    }

    static boolean has(Throwable failure, Class<? extends Throwable> kind) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 10; depth++) {
            if (kind.isInstance(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    static KeywharfException timedOut(String subject, ExchangeLimits limits, @Nullable Throwable cause) {
        return KeywharfException.retryable(
                HttpClients.TIMEOUT,
                subject,
                "The exchange took longer than " + limits.timeout()
                        + "; the request may have been carried out. Raise timeout(…) for large bodies",
                cause);
    }

    static KeywharfException stalled(String subject, ExchangeLimits limits) {
        return KeywharfException.retryable(
                HttpClients.TIMEOUT,
                subject,
                "The response's body stalled for " + limits.stall() + "; send the request again");
    }

    private static boolean hasMessage(Throwable failure, String words) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (String.valueOf(cause.getMessage()).contains(words)) {
                return true;
            }
        }
        return false;
    }

    static KeywharfException tooLarge(String subject, long most) {
        return new KeywharfException(
                HttpClients.TOO_LARGE,
                subject,
                "The response has more than " + most + " bytes; ask for less, or raise maxResponseBytes(…)");
    }

    static KeywharfException badResponse(String subject, @Nullable String reason, Throwable cause) {
        return KeywharfException.retryable(
                HttpClients.BAD_RESPONSE, subject, "The response is not valid HTTP: " + reason, cause);
    }
}
