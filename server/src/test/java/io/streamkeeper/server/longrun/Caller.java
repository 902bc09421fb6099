package io.streamkeeper.server.longrun;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Sends requests to the server of a {@link Session}, one after the other. Belongs to one thread. */
final class Caller implements AutoCloseable {
    private final Session session;
    private final String credentials;
    private @Nullable Wire wire;

    /** Sends requests with the field {@code credentials}, if it is not empty. */
    Caller(Session session, String credentials) {
        this.session = session;
        this.credentials = credentials;
    }

    /** Sends a request about {@code path} below the root of the streams, and takes its answer. */
    Wire.Answer exchange(String method, String path, String body, String... fields) throws IOException, Traffic.Later {
        try {
            Wire open = wire;
            if (open == null) {
                open = new Wire(session.server, credentials);
                wire = open;
            }
            open.send(Wire.request(method, session.server.getPath() + path, body, fields));
            Wire.Answer answer = open.receive(method.equals("HEAD"));
            if (answer.field("connection").equalsIgnoreCase("close")) {
                close();
            }
            Traffic.laterOf(answer);
            return answer;
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    @Override
    public void close() {
        try {
            if (wire != null) {
                wire.close();
            }
        } catch (IOException e) {
            // It is not used afterwards.
        }
        wire = null;
    }
}
