package io.streamkeeper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.server.config.RetentionConfig;
import io.streamkeeper.server.http.decode.DecodingConnection;
import io.streamkeeper.server.http.decode.HttpRequest;
import io.streamkeeper.server.shard.JsonRoom;
import io.streamkeeper.storage.memory.Budget;

/** A connection whose requests are parsed: what a request is as text, and what a {@link RequestParser} makes of it. */
final class ParsingConnection implements AutoCloseable {
    private final DecodingConnection connection = new DecodingConnection();
    private final RequestParser parser = new RequestParser("/v1/stream/", RetentionConfig.defaults(), bodies());

    /** A request whose body is in the connection's memory. */
    HttpRequest request(String requestLine, String fields, String body) {
        String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
        connection.send(requestLine + " HTTP/1.1\r\nHost: x\r\n" + fields + length + "\r\n" + body);
        return connection.request();
    }

    Intent intent(String requestLine, String fields, String body) {
        return parser.parse(request(requestLine, fields, body));
    }

    Command command(String requestLine, String fields, String body) {
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
