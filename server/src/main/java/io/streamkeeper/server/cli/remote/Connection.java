package io.streamkeeper.server.cli.remote;

import io.streamkeeper.client.http.RemoteStreams;
import io.streamkeeper.server.setting.Durations;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that name a server and how to reach it. */
final class Connection {
    static final String URL_VARIABLE = "DS_URL";
    static final String TOKEN_VARIABLE = "DS_TOKEN";
    private static final String ROOT_DEFAULT = "/v1/stream/";
    private static final String URL_DEFAULT = "http://localhost:4437" + ROOT_DEFAULT;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The root of the streams, or the address of a server where it is " + ROOT_DEFAULT
                    + ". Default: " + URL_VARIABLE + ", else " + URL_DEFAULT)
    private @Nullable String url;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "A file with the token to send. Default: the token in " + TOKEN_VARIABLE + ", else none.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "A PEM file of the certificates to trust, for https. Default: those of the JVM.")
    private @Nullable Path authorities;

    @Option(
            names = "--retry",
            paramLabel = "TIME",
            description = "How long a request is repeated if the server restarts or is overloaded. Default: 30s")
    private String retry = "30s";

    /**
     * The streams that the flags, or else the environment, name.
     *
     * @throws IllegalArgumentException if a value is invalid
     * @throws IOException if a file cannot be read
     */
    RemoteStreams streams(Map<String, String> environment) throws IOException {
        RemoteStreams streams = RemoteStreams.at(root(environment)).retryMax(Duration.ofMillis(Durations.parse(retry)));
        String token = token(environment, tokenFile);
        if (token != null) {
            streams = streams.header("Authorization", () -> "Bearer " + token);
        }
        return authorities == null ? streams : streams.client(TrustedClient.of(authorities));
    }

    private URI root(Map<String, String> environment) {
        String text = url(url, environment, URL_VARIABLE, URL_DEFAULT);
        try {
            URI uri = URI.create(text);
            return uri.getRawAuthority() != null && uri.toString().endsWith("//" + uri.getRawAuthority())
                    ? uri.resolve(ROOT_DEFAULT)
                    : uri;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the URL is '" + text + "'; expected one such as " + URL_DEFAULT, e);
        }
    }

    /** The URL of a flag, or else of the environment, or else the default. */
    static String url(@Nullable String flag, Map<String, String> environment, String variable, String otherwise) {
        String set = environment.get(variable);
        return flag != null ? flag : set != null && !set.isBlank() ? set : otherwise;
    }

    /** The token; a message about it never contains it. */
    static @Nullable String token(Map<String, String> environment, @Nullable Path tokenFile) throws IOException {
        String text = tokenFile == null
                ? environment.get(TOKEN_VARIABLE)
                : Files.readString(tokenFile, StandardCharsets.UTF_8);
        String token = text == null ? "" : text.strip();
        boolean isValid = token.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (!isValid || (tokenFile != null && token.isEmpty())) {
            throw new IllegalArgumentException("the token in " + (tokenFile == null ? TOKEN_VARIABLE : tokenFile)
                    + " is empty, or has a space or another character that a token cannot have");
        }
        return token.isEmpty() ? null : token;
    }
}
