// fox-wamp, a WAMP router, with one procedure of its own that answers with what it was called with.
"use strict";

const Router = require("fox-wamp");

const router = new Router();
router.getRealm("realm1", (realm) => {
  realm.api().register("com.example.say", (args, options) => {
    console.log("got", JSON.stringify([args, options]));
    return args;
  });
  const server = router.listenWAMP({ port: 0, host: "127.0.0.1" });
  server.on("listening", () => console.log(`listening on ${server.address().port}`));
});
