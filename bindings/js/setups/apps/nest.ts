import "reflect-metadata";
import { Controller, Get, Injectable, Module, type OnApplicationShutdown } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { LogtoAdmin } from "logto-admin";

/** The client, as a provider. All requests share it and its access token. */
@Injectable()
class Logto extends LogtoAdmin implements OnApplicationShutdown {
  readonly #refresher = this.keepFresh();

  constructor() {
    super({ endpoint: process.env.LOGTO_ENDPOINT!, appId: "app", appSecret: "secret" });
  }

  onApplicationShutdown(): void {
    this.#refresher.stop();
  }
}

@Controller()
class UsersController {
  constructor(private readonly logto: Logto) {}

  @Get("users")
  async users(): Promise<string> {
    const page = await this.logto.users.list({ pageSize: 3 });
    return page.items.map(({ id }) => id).join();
  }
}

@Module({ controllers: [UsersController], providers: [Logto] })
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ["error"] });
  app.enableShutdownHooks();
  await app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
  console.log(await (await fetch(`${await app.getUrl()}/users`)).text());
  await app.close();
}

void main();
