package io.streamkeeper.server.wire;

import org.junit.jupiter.api.BeforeAll;

/** The same over HTTP/2. */
class AccessOverHttp2Test extends AccessTest {
    @BeforeAll
    static void speakHttp2() {
        server.speakHttp2();
    }
}
