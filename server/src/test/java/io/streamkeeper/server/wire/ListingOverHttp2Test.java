package io.streamkeeper.server.wire;

import org.junit.jupiter.api.BeforeAll;

/** The same over HTTP/2. */
class ListingOverHttp2Test extends ListingTest {
    @BeforeAll
    static void speakHttp2() {
        SERVER.speakHttp2();
    }
}
