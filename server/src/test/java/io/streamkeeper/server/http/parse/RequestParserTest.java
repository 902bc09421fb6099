package io.streamkeeper.server.http.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.config.RetentionConfig;
import io.streamkeeper.server.http.route.Routes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestParserTest {
    private static final StreamPath A = new StreamPath("a");

    private final ParsingConnection connection = new ParsingConnection();

    @AfterEach
    void nothingIsLeaked() {
        connection.close();
    }

    @Test
    void aPathOfTheTableIsRoutedWithTheMethodsThatItTakes() {
        assertRouted("/health", connection.intent("GET /health", "", ""));
        assertRouted("/health", connection.intent("HEAD /health?x", "", "ignored"));
    }

    private static void assertRouted(String path, Intent intent) {
        Intent.Routed routed = (Intent.Routed) intent;
        assertThat(routed.route().path()).isEqualTo(path);
        routed.request().release();
    }

    @Test
    void anotherMethodOnAPathOfTheTableIsNotAllowed() {
        Intent.Refused refused = (Intent.Refused) connection.intent("PUT /health", "", "body");

        assertThat(refused.refusal().code()).isEqualTo(ErrorCode.METHOD_NOT_ALLOWED);
        assertThat(refused.allow()).isEqualTo("GET, HEAD, OPTIONS");
    }

    @Test
    void aPathOfTheTableIsNotAStreamWhereStreamsAreAtTheTop() {
        RequestParser parser = new RequestParser(RetentionConfig.defaults(), ParsingConnection.bodies(), 10);
        Routes atTop = ParsingConnection.routes("/");

        assertRouted("/health", parser.parse(connection.request("GET /health", "", ""), atTop));
        assertThat(parser.parse(connection.request("HEAD /a/b", "", ""), atTop))
                .isEqualTo(new Intent.OnStream(new Command.Describe(new StreamPath("a/b"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v1/stream", "/v1/streams/a", "/V1/stream/a", "/v1/stream%2Fa", "/healthy"})
    void aPathBesideTheRootIsNotFound(String path) {
        connection.assertRefused(ErrorCode.NOT_FOUND, "PUT " + path, "", "body");
    }

    @ParameterizedTest
    @ValueSource(strings = {"__ds", "__ds/subscriptions", "%5F_ds/x"})
    void theReservedSegmentIsNotFound(String path) {
        connection.assertRefused(ErrorCode.NOT_FOUND, "GET /v1/stream/" + path, "", "");
    }

    @Test
    void aPathIsDecoded() {
        assertThat(connection.command("HEAD /v1/stream/a%20b/%C3%A4", "", ""))
                .isEqualTo(new Command.Describe(new StreamPath("a b/\u00e4")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a//b", "a/", "a/../b", "%", "%2f", "%00"})
    void aPathThatIsNotAStreamsIsRefused(String path) {
        connection.assertRefused(ErrorCode.INVALID_PATH, "PUT /v1/stream/" + path, "", "body");
    }

    @Test
    void anUnknownMethodOnAStreamIsNotAllowed() {
        Intent.Refused refused = (Intent.Refused) connection.intent("TRACE /v1/stream/a", "", "body");

        assertThat(refused.refusal().code()).isEqualTo(ErrorCode.METHOD_NOT_ALLOWED);
        assertThat(refused.allow()).isEqualTo("GET, HEAD, PUT, POST, DELETE, PATCH, OPTIONS");
    }

    @Test
    void optionsListsTheMethodsOfThePath() {
        Intent all = new Intent.Options("GET, HEAD, PUT, POST, DELETE, PATCH, OPTIONS");

        assertThat(connection.intent("OPTIONS /v1/stream/a", "", "ignored")).isEqualTo(all);
        assertThat(connection.intent("OPTIONS /health", "", "")).isEqualTo(new Intent.Options("GET, HEAD, OPTIONS"));
        assertThat(connection.intent("OPTIONS *", "", "")).isEqualTo(all);
        assertThat(connection.intent("OPTIONS /nowhere", "", "")).isEqualTo(all);
    }

    @Test
    void aListenerWithoutStreamsHasNone() {
        RequestParser parser = new RequestParser(RetentionConfig.defaults(), ParsingConnection.bodies(), 10);
        Routes routes = ParsingConnection.routes(null);

        Intent.Refused refused =
                (Intent.Refused) parser.parse(connection.request("PUT /v1/stream/a", "", "body"), routes);

        assertThat(refused.refusal().code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(parser.parse(connection.request("OPTIONS /v1/stream/a", "", ""), routes))
                .isEqualTo(new Intent.Options("GET, HEAD, OPTIONS"));
    }

    @Test
    void headDescribesAndDeleteRemovesWhateverBodyTheyHave() {
        assertThat(connection.command("HEAD /v1/stream/a", "", "ignored")).isEqualTo(new Command.Describe(A));
        assertThat(connection.command("DELETE /v1/stream/a", "", "ignored"))
                .isEqualTo(new Command.Delete(A, Preconditions.NONE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "v1/stream/", "/v1/stream"})
    void aRootThatDoesNotBeginAndEndWithASlashIsRefused(String root) {
        assertThatThrownBy(() -> ParsingConnection.routes(root))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining('"' + root + '"');
    }
}
