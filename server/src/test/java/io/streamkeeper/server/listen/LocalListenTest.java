package io.streamkeeper.server.listen;

import io.streamkeeper.client.listen.StreamSource;

/** Listeners on the streams of this process. */
class LocalListenTest extends ListenContract {
    @Override
    StreamSource source() {
        return streams();
    }
}
