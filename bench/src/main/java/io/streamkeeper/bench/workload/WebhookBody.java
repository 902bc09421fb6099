package io.streamkeeper.bench.workload;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Finds the streams and their tails in the body of a webhook (section 7.1). */
final class WebhookBody {
    private static final JsonFactory JSON = new JsonFactory();

    private WebhookBody() {}

    /** Receives a stream of a webhook. */
    interface Streams {
        void found(String path, String tailOffset);
    }

    static void read(ByteBuf body, Streams streams) throws IOException {
        try (InputStream in = new ByteBufInputStream(body);
                JsonParser json = JSON.createParser(in)) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.FIELD_NAME
                        && json.currentName().equals("streams")) {
                    readAll(json, streams);
                }
            }
        }
    }

    private static void readAll(JsonParser json, Streams streams) throws IOException {
        json.nextToken();
        while (json.nextToken() == JsonToken.START_OBJECT) {
            String path = "";
            String tail = "";
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                String value = json.nextTextValue();
                if (value != null && name.equals("path")) {
                    path = value;
                } else if (value != null && name.equals("tail_offset")) {
                    tail = value;
                }
            }
            streams.found(path, tail);
        }
    }
}
