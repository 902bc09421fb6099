package io.streamkeeper.server.listen;

import io.streamkeeper.client.http.RemoteStreams;
import io.streamkeeper.client.listen.StreamSource;

/** Listeners on a server, by events where these are possible. */
class RemoteListenTest extends ListenContract {
    @Override
    StreamSource source() {
        return RemoteStreams.at(SERVER.url()).executor(SERVER.executor());
    }
}
