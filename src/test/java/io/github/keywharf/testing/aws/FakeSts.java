package io.github.keywharf.testing.aws;

import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * STS's {@code AssumeRole} (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html): gives the caller of a role
 * that trusts an external id a key pair that fakes with the same keys accept. Thread-safe.
 */
public final class FakeSts implements HttpHandler {
    private final AwsKeys keys;
    private final String role;
    private final String externalId;
    private final List<Map<String, String>> assumed = new CopyOnWriteArrayList<>();

    /** A service in eu-west-1 with one role. */
    public FakeSts(AwsKeys keys, String role, String externalId) {
        this.keys = keys;
        this.role = role;
        this.externalId = externalId;
    }

    /** The parameters of each session that was given. */
    public List<Map<String, String>> assumed() {
        return List.copyOf(assumed);
    }

    @Override
    public HttpResponse handle(HttpRequest request) {
        byte[] body = request.body().bytes(1 << 16);
        try {
            AwsSignature.check(
                    request,
                    body,
                    "sts",
                    "eu-west-1",
                    keys,
                    InstantSource.system().instant());
            return xml(200, answer(parameters(new String(body, StandardCharsets.UTF_8))));
        } catch (AwsRefusal e) {
            return xml(
                    e.status(),
                    "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>"
                            + e.type() + "</Code><Message>" + e.getMessage() + "</Message></Error></ErrorResponse>");
        }
    }

    private String answer(Map<String, String> parameters) {
        if (!"AssumeRole".equals(parameters.get("Action"))
                || !role.equals(parameters.get("RoleArn"))
                || !externalId.equals(parameters.get("ExternalId"))) {
            throw new AwsRefusal(403, "AccessDenied", "User is not authorized to perform: sts:AssumeRole");
        }
        assumed.add(parameters);
        String accessKey = "ASIAFAKEROLE" + assumed.size();
        keys.issue(accessKey, "secret-of-the-role", "token-of-the-role");
        return """
                <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
                  <AssumeRoleResult>
                    <Credentials>
                      <AccessKeyId>%s</AccessKeyId><SecretAccessKey>secret-of-the-role</SecretAccessKey>
                      <SessionToken>token-of-the-role</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
                    </Credentials>
                    <AssumedRoleUser><Arn>%s</Arn><AssumedRoleId>R:x</AssumedRoleId></AssumedRoleUser>
                  </AssumeRoleResult>
                </AssumeRoleResponse>
                """.formatted(accessKey, role);
    }

    private static Map<String, String> parameters(String form) {
        Map<String, String> parameters = new TreeMap<>();
        for (String pair : form.split("&", -1)) {
            int equals = pair.indexOf('=');
            parameters.put(
                    pair.substring(0, Math.max(0, equals)),
                    URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return parameters;
    }

    private static HttpResponse xml(int status, String text) {
        return HttpResponse.of(status).withHeader("Content-Type", "text/xml").withBody(HttpBody.of(text));
    }
}
