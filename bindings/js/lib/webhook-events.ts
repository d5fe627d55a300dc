import type { Organization, OrganizationRole, OrganizationScope, Role, Scope, User } from "./models.js";

/** Members of every delivery of a webhook. */
interface Delivery<Name extends string> {
  /** Name of the event. */
  event: Name;
  /** Id of the webhook. */
  hookId: string;
  /** Time of the event, in ISO 8601. */
  createdAt: string;
  /** User agent of the request that caused the event. */
  userAgent?: string;
  /** IP address of the request that caused the event. */
  ip?: string;
  [member: string]: unknown;
}

/** An event of a request to the Management API, or of a user who changed something. */
interface DataEvent<Name extends string, Data, Parameter extends string = never> extends Delivery<Name> {
  /** Path of the request, without `/api`. `/fake-path/:id` in a test delivery. */
  path?: string;
  /** Method of the request. */
  method?: string;
  /** Route that the request matched, such as `/users/:userId`. */
  matchedRoute?: string;
  /** Parameters of the path, which have the ids of the entities. Absent in a test delivery, and without a request. */
  params?: { [name in Parameter]: string } & { [name: string]: string };
  /** The entity. `{ result: "success" }` in a test delivery; nothing after most deletions. */
  data?: Data | null;
}

/** A user registered, signed in, reset the password, or needed a second factor. */
export interface SignInEvent extends Delivery<"PostRegister" | "PostSignIn" | "PostResetPassword" | "PostSignInAdaptiveMfaTriggered"> {
  interactionEvent?: string;
  /** Id of the session. `fake-session-id` in a test delivery. */
  sessionId?: string;
  userIp?: string;
  /** Id of the user. `fake-id` in a test delivery. */
  userId?: string;
  /** The user, with fewer members than the API returns. */
  user?: Partial<User>;
  applicationId?: string;
  application?: { id: string; type: string; name: string; description?: string | null };
}

/**
 * A user changed. `data` depends on the route of the request: for `/users/:userId/custom-data` it is the custom data, and
 * for `/users/:userId/profile` the profile. Take the id from `params.userId`, because users may edit their custom data.
 */
export interface UserUpdatedEvent extends DataEvent<"User.Data.Updated", Partial<User> | Record<string, unknown>, "userId"> {}

/** The members of an organization changed. Older servers send no ids: list the members then. At most 5000 ids each. */
export interface MembershipEvent extends DataEvent<"Organization.Membership.Updated", unknown, "id"> {
  organizationId?: string;
  addedUserIds?: string[];
  removedUserIds?: string[];
  addedApplicationIds?: string[];
  removedApplicationIds?: string[];
}

/** Somebody failed to sign in too often. */
export interface LockoutEvent extends Delivery<"Identifier.Lockout"> {
  /** Kind of the identifier: `username`, `email`, `phone` or `userId`. */
  type?: string;
  /** The identifier. */
  value?: string;
}

/** A message was not sent, because its recipient got too many. */
export interface MessageLimitEvent extends Delivery<"Message.RateLimited"> {
  /** Email address or phone number of the recipient. */
  recipient?: string;
}

/** The oldest grants of a user for an application were revoked. */
export interface GrantLimitEvent extends Delivery<"Grant.LimitExceeded"> {
  userId?: string;
  applicationId?: string;
  revokedGrantIds?: string[];
}

/** The event that a webhook delivers. `event` distinguishes the kinds. Servers can add events and members. */
export type WebhookEvent =
  | SignInEvent
  | DataEvent<"User.Created", User>
  | UserUpdatedEvent
  | DataEvent<"User.SuspensionStatus.Updated", User, "userId">
  | DataEvent<"User.Deleted", User, "userId">
  | DataEvent<"Role.Created", Role>
  | DataEvent<"Role.Data.Updated", Role, "id">
  | (DataEvent<"Role.Scopes.Updated", Scope[], "id"> & { roleId?: string })
  | DataEvent<"Role.Deleted", never, "id">
  | DataEvent<"Scope.Created", Scope, "resourceId">
  | DataEvent<"Scope.Data.Updated", Scope, "resourceId" | "scopeId">
  | DataEvent<"Scope.Deleted", never, "resourceId" | "scopeId">
  | DataEvent<"Organization.Created", Organization>
  | DataEvent<"Organization.Data.Updated", Organization, "id">
  | DataEvent<"Organization.Deleted", never, "id">
  | MembershipEvent
  | DataEvent<"OrganizationRole.Created", OrganizationRole>
  | DataEvent<"OrganizationRole.Data.Updated", OrganizationRole, "id">
  | (DataEvent<"OrganizationRole.Scopes.Updated", OrganizationScope[], "id"> & { organizationRoleId?: string })
  | DataEvent<"OrganizationRole.Deleted", never, "id">
  | DataEvent<"OrganizationScope.Created", OrganizationScope>
  | DataEvent<"OrganizationScope.Data.Updated", OrganizationScope, "id">
  | DataEvent<"OrganizationScope.Deleted", never, "id">
  | LockoutEvent
  | MessageLimitEvent
  | GrantLimitEvent;
