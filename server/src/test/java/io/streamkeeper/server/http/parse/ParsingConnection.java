package io.streamkeeper.server.http.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.server.config.RetentionConfig;
import io.streamkeeper.server.http.decode.DecodingConnection;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.route.Answer;
import io.streamkeeper.server.http.route.Route;
import io.streamkeeper.server.http.route.Routes;
import io.streamkeeper.server.shard.JsonRoom;
import io.streamkeeper.storage.memory.Budget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection whose requests are parsed: what a request is as text, and what a {@link RequestParser} makes of it. */
public final class ParsingConnection implements AutoCloseable {
    private final DecodingConnection connection = new DecodingConnection();
    private final RequestParser parser = new RequestParser(RetentionConfig.defaults(), bodies(), 10);

    /** One path beside the streams. */
    static Routes routes(@Nullable String root) {
        return new Routes(
                List.of(Route.reading(
                        "/health", (request, answering) -> answering.accept(Answer.text(200, "text/plain", "ok")))),
                root);
    }

    /** A request whose body is in the connection's memory. */
    HttpRequest request(String requestLine, String fields, String body) {
        String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
        connection.send(requestLine + " HTTP/1.1\r\nHost: x\r\n" + fields + length + "\r\n" + body);
        return connection.request();
    }

    public Intent intent(String requestLine, String fields, String body) {
        return parser.parse(request(requestLine, fields, body), routes("/v1/stream/"));
    }

    /** The parser of a request that follows many streams, before its first step. */
    StreamsParser streams(String requestLine, String body) {
        return parser.beginStreams(request(requestLine, "", body));
    }

    public Command command(String requestLine, String fields, String body) {
        return ((Intent.OnStream) intent(requestLine, fields, body)).command();
    }

    /** Checks that the request is refused and its body given back. */
    void assertRefused(ErrorCode code, String requestLine, String fields, String body) {
        Intent intent = intent(requestLine, fields, body);
        assertThat(intent).isInstanceOf(Intent.Refused.class);
        assertThat(((Intent.Refused) intent).refusal().code()).isEqualTo(code);
        assertThat(connection.allocator().metric().usedHeapMemory()).isZero();
    }

    /** Fails if a command's body was not released. */
    @Override
    public void close() {
        connection.close();
    }

    /** Makes bodies with as much room as they want. */
    static BodyParser bodies() {
        return new BodyParser(new JsonSplitter(), new JsonRoom(new Budget("tests", Long.MAX_VALUE)));
    }
}
