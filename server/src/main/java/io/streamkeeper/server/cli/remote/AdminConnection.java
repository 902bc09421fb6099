package io.streamkeeper.server.cli.remote;

import io.streamkeeper.client.api.StreamException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that name the address for administration of a server. */
final class AdminConnection {
    static final String URL_VARIABLE = "DS_ADMIN_URL";
    private static final String URL_DEFAULT = "http://localhost:14437";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int SUCCESS = 200;
    private static final int ACCEPTED = 202;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description =
                    "The address for administration of a member. Default: " + URL_VARIABLE + ", else " + URL_DEFAULT)
    private @Nullable String url;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "A file with the token to send. Default: the token in " + Connection.TOKEN_VARIABLE
                    + ", else none.")
    private @Nullable Path tokenFile;

    /**
     * Sends a request, and returns the body of the response, a JSON object.
     *
     * @param target the path with its query
     * @throws StreamException if the server refuses it, or cannot be reached
     * @throws IllegalArgumentException if a flag is not valid
     */
    String exchange(Map<String, String> environment, String method, String target)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(environment, target))
                .timeout(TIMEOUT)
                .method(method, HttpRequest.BodyPublishers.noBody());
        String token = Connection.token(environment, tokenFile);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        HttpResponse<String> response = send(request.build());
        if (response.statusCode() == SUCCESS || response.statusCode() == ACCEPTED) {
            return response.body();
        }
        throw refused(response.statusCode(), JsonTree.object(response.body()));
    }

    private static HttpResponse<String> send(HttpRequest request) throws InterruptedException {
        try {
            return HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(TIMEOUT)
                    .build()
                    .send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new StreamException.Unavailable(
                    "", 0, "no server answers at " + request.uri().getAuthority() + ": " + e, e);
        }
    }

    private static StreamException refused(int status, Map<String, Object> object) {
        Object error = object.get("error");
        Map<?, ?> fields = error instanceof Map<?, ?> map ? map : Map.of();
        return StreamException.ofAnswer(
                status,
                String.valueOf(fields.get("code")),
                fields.get("message") instanceof String message ? message : "the server answers with status " + status,
                null,
                null);
    }

    private URI uri(Map<String, String> environment, String target) {
        String text = Connection.url(url, environment, URL_VARIABLE, URL_DEFAULT);
        try {
            URI uri = URI.create(text).resolve(target);
            if (uri.getHost() == null
                    || uri.getScheme() == null
                    || !uri.getScheme().startsWith("http")) {
                throw new IllegalArgumentException("it has no host");
            }
            return uri;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the URL is '" + text + "'; expected one such as " + URL_DEFAULT, e);
        }
    }
}
