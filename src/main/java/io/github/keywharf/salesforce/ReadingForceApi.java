package io.github.keywharf.salesforce;

import com.force.api.ApiConfig;
import com.force.api.ApiSession;
import com.force.api.CreateOrUpdateResult;
import com.force.api.ForceApi;
import com.force.api.QueryResult;
import com.force.api.ResourceRepresentation;
import io.github.keywharf.http.BearerToken;
import io.github.keywharf.internal.Cut;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * force-rest-api over one session, for reading. It has no refresh token, so that it never logs in. Its connection sends a
 * POST again when the answer is lost, and would insert a record twice, so its writes are refused.
 */
final class ReadingForceApi extends ForceApi {
    private final ApiConfig config;
    private final ApiSession session;
    private final @Nullable ForceApi root;

    private ReadingForceApi(ApiConfig config, ApiSession session, @Nullable ForceApi root) {
        super(config, session);
        this.config = config;
        this.session = session;
        this.root = root;
    }

    static ForceApi of(URI origin, BearerToken token, String version, Duration timeout) {
        ApiConfig config = new ApiConfig().setApiVersionString(version).setRequestTimeout((int)
                Math.min(Integer.MAX_VALUE, timeout.toMillis()));
        return new ReadingForceApi(config, new ApiSession(token.value().reveal(), origin.toString()), null);
    }

    @Override
    public ForceApi rootPath() {
        return new ReadingForceApi(config, session, super.rootPath());
    }

    @Override
    public ResourceRepresentation get(String path) {
        return root == null ? super.get(requirePath(path)) : root.get(requirePath(path));
    }

    @Override
    public <T> QueryResult<T> queryMore(String nextRecordsUrl, Class<T> type) {
        return super.queryMore(requirePath(nextRecordsUrl), type);
    }

    /** It is put behind the host as it is, so that without a slash the token would go to another host. */
    private static String requirePath(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException(
                    "'" + Cut.printable(path, 60) + "' is not a path of the org; it begins with a slash");
        }
        return path;
    }

    @Override
    public ResourceRepresentation request(String method, String path, @Nullable Object input) {
        if (!method.equals("GET")) {
            throw refused();
        }
        return get(path);
    }

    @Override
    public ResourceRepresentation post(String path, @Nullable Object input) {
        throw refused();
    }

    @Override
    public ResourceRepresentation put(String path, @Nullable Object input) {
        throw refused();
    }

    @Override
    public ResourceRepresentation patch(String path, @Nullable Object input) {
        throw refused();
    }

    @Override
    public ResourceRepresentation delete(String path) {
        throw refused();
    }

    @Override
    public String createSObject(String type, Object values) {
        throw refused();
    }

    @Override
    public void updateSObject(String type, String id, Object values) {
        throw refused();
    }

    @Override
    public void deleteSObject(String type, String id) {
        throw refused();
    }

    @Override
    public CreateOrUpdateResult createOrUpdateSObject(
            String type, String externalIdField, String externalIdValue, Object values) {
        throw refused();
    }

    @Override
    public String curlHelper() {
        throw new UnsupportedOperationException("The command would show the access token");
    }

    private static UnsupportedOperationException refused() {
        return new UnsupportedOperationException(
                "force-rest-api sends a write again when its answer is lost, which may insert a record twice; write by"
                        + " SalesforceManager.execute(…)");
    }

    @Override
    public String toString() {
        return "ForceApi[" + session.getApiEndpoint() + ", reading]";
    }
}
